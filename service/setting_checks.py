"""What a value of the settings must look like; each refusal is a sentence that repeats no value."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field

from bot.mail_addresses import is_address
from service.working_hours import read_hours

_TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ZALO_BOT_SECRET = re.compile(r"[!-~]{8,256}")  # it travels in a header: no space, no accent
#: Nothing that a header would read as more than one origin.
_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_SCANNER = re.compile(r"unix:/\S+|(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_MORNING = re.compile(r"(?:0[6-9]|1\d):[0-5]\d")
#: What `TROLY_REMIND_ORDER` may name; zalo_paid is Zalo OA once its free hours are over,
#: zalo_template its approved template.
ROUTES = ("zalo_oa", "zalo_bot", "web", "telegram", "email", "zalo_paid", "zalo_template")
_VERIFIER = re.compile(r"[A-Za-z0-9_-]{1,100}")


def a_url(url: str) -> str:
    """`http(s)://host…`, kept as it is."""
    wrong = "phải bắt đầu bằng http:// hoặc https://, tiếp theo là tên máy"
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # "[" that is not closed, a port that is no number
        raise ValueError(wrong) from None
    if not known or re.search(r"[\s\\]", url):
        raise ValueError(wrong)
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("không được chứa tài khoản, dấu ? hoặc dấu #")
    return url


def an_address(url: str) -> str:
    """A URL that paths are put behind: without a slash at its end."""
    return a_url(url).rstrip("/")


def an_origin(url: str) -> str:
    """Scheme, host and port: our code adds the path."""
    address = an_address(url)
    if urlsplit(address).path:
        raise ValueError("chỉ gồm http(s)://, tên máy và cổng, không có đường dẫn phía sau")
    return address


def origins(text: str) -> str:
    """Origins as a browser names them, with one space between two."""
    found = [origin.removesuffix("/").lower() for origin in text.split()]
    if not all(map(_ORIGIN.fullmatch, found)):
        raise ValueError(
            "phải là các địa chỉ dạng https://cong.example.vn hoặc http://10.0.0.5:8080, "
            "không kèm đường dẫn, cách nhau bằng dấu cách"
        )
    return " ".join(found)


def mail_server(url: str | None) -> str | None:
    """smtp:// or smtps://, with account and port where there are any."""
    if url is None:
        return None
    wrong = (
        "phải có dạng smtp://tài-khoản:mật-khẩu@máy:cổng hoặc smtps://…; "
        "dấu @ trong tài khoản, mật khẩu viết là %40"
    )
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(wrong) from None
    beyond = parts.path.strip("/") or parts.query or parts.fragment
    if not known or beyond or re.search(r"\s", url) or (parts.password and not parts.username):
        raise ValueError(wrong)
    if not unquote(f"{parts.username or ''}{parts.password or ''}").isascii():
        raise ValueError("tài khoản và mật khẩu chỉ gồm chữ không dấu: máy chủ thư nhận như vậy")
    return url


def sender(text: str | None) -> str | None:
    """An address, or a name with its address in angle brackets."""
    if text is not None and not is_address(parseaddr(text)[1]):
        raise ValueError(
            "phải là một địa chỉ thư, có thể kèm tên: Sở GDĐT <nhac-viec@so.example.vn>"
        )
    return text


def telegram_secret(secret: str | None) -> str | None:
    """What Telegram accepts as `secret_token`."""
    if secret is not None and not _TELEGRAM_SECRET.fullmatch(secret):
        raise ValueError("phải có 1 đến 256 ký tự, chỉ gồm chữ không dấu, chữ số, dấu _ và dấu -")
    return secret


def zalo_bot_secret(secret: str | None) -> str | None:
    """What the Zalo Bot Platform accepts as `secret_token`."""
    if secret is not None and not _ZALO_BOT_SECRET.fullmatch(secret):
        raise ValueError("phải có 8 đến 256 ký tự, không dấu, không có khoảng trắng")
    return secret


def verifier(code: str | None) -> str | None:
    """The code alone: people copy the name of the file that Zalo offers."""
    if code is not None and not _VERIFIER.fullmatch(code):
        raise ValueError("chỉ ghi phần mã, không ghi cả tên tệp hay thẻ meta")
    return code


def a_scanner(address: str) -> str:
    """Where clamd listens: "host:port", or "unix:" and the path of its socket."""
    if not _SCANNER.fullmatch(address):
        raise ValueError("phải có dạng tên-máy:cổng, ví dụ 127.0.0.1:3310, hoặc unix:/đường/dẫn")
    return address


def work_hours(text: str) -> str:
    """Spans of a working day, as they are written."""
    try:
        read_hours(text)
    except ValueError:
        raise ValueError(
            "phải là các khoảng giờ theo thứ tự trong ngày, ví dụ 07:30-11:30,13:30-17:00"
        ) from None
    return text


def time_of_day(text: str) -> str:
    """ "08:00"; reminders leave by day only."""
    if not _MORNING.fullmatch(text.strip()):
        raise ValueError("phải là giờ trong ngày từ 06:00 đến 19:59, ví dụ 08:00")
    return text.strip()


def day_counts(text: str) -> str:
    """ "14,7,3,1,0": numbers of days, each once."""
    counts = [part.strip() for part in text.split(",")] if text.strip() else []
    good = all(part.isascii() and part.isdecimal() and int(part) <= 366 for part in counts)
    if not good or len(set(map(int, counts))) < len(counts):
        raise ValueError("phải là các số ngày khác nhau, từ 0 đến 366, ví dụ 14,7,3,1,0")
    return ",".join(counts)


def routes(text: str) -> str:
    """Ways to tell somebody something, best first, each once."""
    names = [part.strip() for part in text.split(",")]
    if not set(names) <= set(ROUTES) or len(set(names)) < len(names):
        raise ValueError(f"phải gồm các tên khác nhau trong số {', '.join(ROUTES)}")
    return ",".join(names)


Url = Annotated[str, AfterValidator(a_url)]
Address = Annotated[str, AfterValidator(an_address)]
Origin = Annotated[str, AfterValidator(an_origin)]
Origins = Annotated[str, AfterValidator(origins)]
Scanner = Annotated[str, AfterValidator(a_scanner)]
#: Never shown, and may be kept in a file of its own (service/secret_files.py).
Secret = Annotated[str | None, Field(repr=False)]
TelegramSecret = Annotated[str | None, Field(repr=False), AfterValidator(telegram_secret)]
MailServer = Annotated[str | None, Field(repr=False), AfterValidator(mail_server)]
Sender = Annotated[str | None, AfterValidator(sender)]
ZaloBotSecret = Annotated[str | None, Field(repr=False), AfterValidator(zalo_bot_secret)]
WorkHours = Annotated[str, AfterValidator(work_hours)]
Verifier = Annotated[str | None, AfterValidator(verifier)]
TimeOfDay = Annotated[str, AfterValidator(time_of_day)]
DayCounts = Annotated[str, AfterValidator(day_counts)]
Routes = Annotated[str, AfterValidator(routes)]
