"""What the fake Zalo remembers of people, files and templates; and the rules left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.zalo_clock import HOUR, Meter
from tests.fakes.zalo_events import Envelopes, Json
from tests.fakes.zalo_talk import Talk
from tests.fakes.zalo_tokens import Tokens

#: Seconds after the first attempt. The sources give the five times but not what they count from;
#: "five times in about an hour" fits only this reading.
RETRIES = (30.0, 300.0, 900.0, 1800.0, HOUR)
Family = Literal["cs", "template", "phone"]
#: Words that the platform puts beside a number; only the numbers are documented well.
MESSAGES = {
    -32: "Your application reached limit call api",
    -100: "attachment is expired or not found",
    -118: "Zalo account not existed",
    -124: "Access token invalid",
    -201: "Params is invalid",
    -210: "Params is over limit",
    -213: "User has not followed OA",
    -216: "Access token is invalid",
    -220: "access_token is expired or removed",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User interaction is expired",
    -244: "User has restricted this type of message",
}


class Refused(Exception):
    """The verdict of a rule: the code that goes into the body."""

    def __init__(self, code: int, why: str = "") -> None:
        super().__init__(why or MESSAGES.get(code, "Error"))
        self.code = code


@dataclass
class User:
    """Somebody with a Zalo account."""

    id: str
    name: str
    follower: bool = False
    phone: str = ""  #: 84 and nine digits
    admin: bool = False  #: of the app: may receive templates in development mode
    last_interaction: float | None = None
    shared: dict[str, str] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)  #: family of messages → error code


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that the OA stored for sending; it lasts seven days."""

    id: str
    kind: Literal["image", "gif", "file"]
    name: str
    content: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person sent, and how badly its host behaves."""

    name: str
    content: bytes
    type: str
    behaves: str = ""
    redirect_to: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """One blank of a template."""

    name: str
    type: Literal["STRING", "NUMBER", "DATE"] = "STRING"
    max_length: int = 30
    require: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """A message whose words were approved beforehand."""

    id: str
    name: str
    params: tuple[Param, ...] = ()
    status: Literal["ENABLE", "PENDING_REVIEW", "REJECT", "DISABLE"] = "ENABLE"
    by_uid: bool = True
    at_night: bool = False
    price: str = "120.0"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A template message on its way."""

    id: str
    recipient: str
    tracking_id: str
    at: float
    arrives: float


@dataclass
class Rules:
    """What the sources leave open or what changes from year to year."""

    per_minute: int = 4000
    free_of_charge: int = 2000  #: sub_quota messages before purchase_quota begins
    daily_templates: int = 500
    arrives_after: float = 2.0  #: seconds until a template message is delivered
    require_proof: bool = False  #: the header appsecret_proof
    echoes: bool = True  #: oa_send_*, then received and seen, for each message of the OA
    mac_prefix: bool = True  #: "mac=" before the signature
    retries: Sequence[float] = RETRIES  #: when an event is sent again
    retry_statuses: bool = True  #: False: only missing answers are retried, as one source says
    deadline: float = 2.0  #: real seconds until an answer of the webhook is too late
    refresh_delay: float = 0.0  #: real seconds between consuming a refresh token and answering


@dataclass(kw_only=True)
class ZaloState(Talk):
    """Everything one OA and its app know."""

    app_id: str
    secret: str
    oa_secret: str
    oa_id: str
    tokens: Tokens
    rules: Rules = field(default_factory=Rules)
    users: dict[str, User] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    requests: Meter = field(default_factory=lambda: Meter(60))
    emit: Callable[[str, Json, Mapping[str, str]], None] = lambda key, event, headers: None
    later: Callable[[float, Callable[[], None]], None] = lambda when, work: None

    @property
    def envelopes(self) -> Envelopes:
        """The shapes of this app's events."""
        return Envelopes(self.app_id, self.oa_id)

    def user(self, id_: str) -> User:
        """The person; made on first mention."""
        if id_ not in self.users:
            self.users[id_] = User(id_, f"Người dùng {id_[-4:]}")
        return self.users[id_]
