"""Who may open what at the desk: the table of rules, and the check that every request passes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from service import clock
from service.admin.words import words
from service.asking import Desk
from service.errors import Forbidden
from service.routes.desk import desk_of
from service.settings import Settings, secret_key
from service.storage.admins import Role
from service.storage.engine import transaction
from service.storage.sessions import signed_in

COOKIE = "troly_desk"

Rule = frozenset[Role] | None  #: None: without signing in
_SEE: Rule = frozenset(("owner", "editor", "receiver", "viewer"))
_WORK: Rule = frozenset(("owner", "editor", "receiver"))
_STEER: Rule = frozenset(("owner", "editor"))
#: In the office's name to many people, for its money: whoever answers for it, or speaks for it.
_TELL: Rule = frozenset(("owner", "receiver"))
_OWN: Rule = frozenset(("owner",))

#: Every page and every button. What is not in this table is refused to everybody.
RULES: Mapping[str, Rule] = {
    "GET /admin/sign-in": None,
    "POST /admin/sign-in": None,
    "GET /admin/link": None,
    "POST /admin/link": None,
    "GET /admin": _SEE,
    "POST /admin/sign-out": _SEE,
    "GET /admin/password": _SEE,
    "POST /admin/password": _SEE,
    "GET /admin/alerts": _SEE,
    "POST /admin/alerts/{alert_id}/resolve": _WORK,
    "GET /admin/inbox": _WORK,
    "GET /admin/inbox/{hand_off_id}": _WORK,
    "POST /admin/inbox/{hand_off_id}/take": _WORK,
    "POST /admin/inbox/{hand_off_id}/reply": _WORK,
    "POST /admin/inbox/{hand_off_id}/end": _WORK,
    "GET /admin/questions": _SEE,
    "GET /admin/papers": _SEE,
    "GET /admin/papers/new": _STEER,
    "POST /admin/papers": _STEER,
    "GET /admin/papers/{document_id}": _SEE,
    "POST /admin/papers/{document_id}/revise": _STEER,
    "POST /admin/papers/{document_id}/remove": _STEER,
    "GET /admin/candidates/{candidate_id}": _STEER,
    "POST /admin/candidates/{candidate_id}/publish": _STEER,
    "POST /admin/candidates/{candidate_id}/drop": _STEER,
    "POST /admin/candidates/{candidate_id}/again": _STEER,
    "GET /admin/jobs/{job_id}": _SEE,  # and then JOBS
    "GET /admin/jobs/{job_id}/file": _SEE,
    "GET /admin/editions": _SEE,
    "GET /admin/editions/{number}": _SEE,
    "POST /admin/editions/{number}/restore": _STEER,
    "GET /admin/channels": _SEE,
    "POST /admin/channels/test-code": _WORK,
    "POST /admin/channels/{channel}/test": _WORK,
    "POST /admin/channels/{channel}/retry": _STEER,
    "POST /admin/switches/{name}": _STEER,
    "GET /admin/submissions": _WORK,
    "POST /admin/submissions/export": _WORK,
    "GET /admin/submissions/{submission_id}": _WORK,
    "POST /admin/submissions/{submission_id}/decide": _WORK,
    "GET /admin/submissions/{submission_id}/files/{position}": _WORK,
    "GET /admin/assignments": _WORK,
    "GET /admin/assignments/new": _STEER,
    "POST /admin/assignments": _STEER,
    "POST /admin/reminders/heads": _STEER,
    "POST /admin/assignments/{assignment_id}/end": _STEER,
    "GET /admin/obligations/{obligation_id}": _WORK,
    "POST /admin/obligations/{obligation_id}": _STEER,
    "POST /admin/obligations/{obligation_id}/policy": _STEER,
    "GET /admin/changes": _WORK,
    "POST /admin/changes/{obligation_id}/accept": _STEER,
    "POST /admin/changes/{obligation_id}/dismiss": _STEER,
    "GET /admin/reminders": _WORK,
    "GET /admin/reminders/unreached": _WORK,
    "GET /admin/policies": _WORK,
    "GET /admin/calendar": _SEE,
    "POST /admin/calendar": _STEER,
    "POST /admin/calendar/{day}/drop": _STEER,
    "GET /admin/broadcasts": _SEE,
    "POST /admin/broadcasts": _TELL,
    "GET /admin/broadcasts/{broadcast_id}": _SEE,
    "POST /admin/broadcasts/{broadcast_id}": _TELL,
    "POST /admin/broadcasts/{broadcast_id}/send": _TELL,
    "POST /admin/broadcasts/{broadcast_id}/stop": _TELL,
    "POST /admin/broadcasts/{broadcast_id}/unschedule": _TELL,
    "POST /admin/broadcasts/{broadcast_id}/go-on": _TELL,
    "POST /admin/broadcasts/{broadcast_id}/drop": _TELL,
    "GET /admin/drafts": _SEE,
    "POST /admin/drafts": _STEER,
    "GET /admin/drafts/{number}": _SEE,
    "POST /admin/drafts/{number}": _STEER,
    "POST /admin/drafts/{number}/close": _STEER,
    "POST /admin/drafts/{number}/open": _STEER,
    "GET /admin/drafts/{number}/qr.png": _SEE,
    "GET /admin/units": _SEE,
    "POST /admin/units": _STEER,
    "POST /admin/units/export": _WORK,
    "POST /admin/units/import": _STEER,
    "GET /admin/units/{unit_id}": _WORK,
    "POST /admin/units/{unit_id}": _STEER,
    "POST /admin/units/{unit_id}/rename": _STEER,
    "POST /admin/units/{unit_id}/merge": _STEER,
    "POST /admin/units/{unit_id}/close": _STEER,
    "POST /admin/units/{unit_id}/reopen": _STEER,
    "POST /admin/units/{unit_id}/invite": _WORK,
    "POST /admin/units/{unit_id}/uninvite": _WORK,
    "GET /admin/organisations": _SEE,
    "GET /admin/organisations/entry": _SEE,
    "POST /admin/organisations/entry": _STEER,
    "POST /admin/organisations/reset": _STEER,
    "POST /admin/contacts": _STEER,
    "POST /admin/contacts/{contact_id}/drop": _STEER,
    "GET /admin/people": _WORK,
    "POST /admin/people/{binding_id}/confirm": _WORK,
    "POST /admin/people/{binding_id}/refuse": _WORK,
    "POST /admin/people/{binding_id}/revoke": _WORK,
    "POST /admin/people/{binding_id}/hand-over": _WORK,
    "GET /admin/candidates/{candidate_id}/changes": _STEER,
    "POST /admin/candidates/{candidate_id}/compare": _STEER,
    "GET /admin/audit": _OWN,
    "POST /admin/candidates/{candidate_id}/clauses": _STEER,
    "POST /admin/candidates/{candidate_id}/duties": _STEER,
    "POST /admin/candidates/{candidate_id}/paper": _STEER,
    "POST /admin/candidates/{candidate_id}/undo": _STEER,
    "GET /admin/accounts": _OWN,
    "POST /admin/accounts": _OWN,
    "POST /admin/accounts/{admin_id}/link": _OWN,
    "POST /admin/accounts/{admin_id}/disable": _OWN,
    "GET /admin/sign-in/code": None,
    "POST /admin/sign-in/code": None,
    "GET /admin/second-step": _SEE,
    "POST /admin/second-step/begin": _SEE,
    "POST /admin/second-step/confirm": _SEE,
    "POST /admin/second-step/codes": _SEE,
    "POST /admin/second-step/off": _SEE,
    "POST /admin/accounts/{admin_id}/second-step-off": _OWN,
    "GET /admin/figures": _SEE,
    "POST /admin/figures/export": _SEE,
    "GET /admin/tokens": _OWN,
    "POST /admin/tokens": _OWN,
    "POST /admin/tokens/{token_id}/revoke": _OWN,
    "GET /admin/office": _STEER,
    "POST /admin/office": _OWN,
    "POST /admin/office/later": _OWN,
    "POST /admin/office/samples": _OWN,
    "GET /admin/missing-papers": _STEER,
    "GET /admin/unanswered": _SEE,
    "GET /admin/unanswered/{group_id}": _SEE,
    "POST /admin/unanswered/{group_id}": _STEER,
    "POST /admin/questions/{question_id}/wrong": _STEER,
    "GET /admin/curated": _SEE,
    "GET /admin/curated/new": _STEER,
    "POST /admin/curated": _STEER,
    "GET /admin/curated/{answer_id}": _SEE,
    "POST /admin/curated/{answer_id}": _STEER,
    "POST /admin/curated/{answer_id}/approve": _STEER,
    "POST /admin/curated/{answer_id}/retire": _STEER,
    "GET /admin/question-set": _SEE,
    "GET /admin/question-set/new": _STEER,
    "POST /admin/question-set": _STEER,
    "POST /admin/question-set/export": _SEE,
    "POST /admin/question-set/import": _STEER,
    "GET /admin/question-set/{set_id}": _SEE,
    "POST /admin/question-set/{set_id}": _STEER,
    "POST /admin/question-set/{set_id}/drop": _STEER,
}

#: What is done in the background is told, and its table given, to whoever may begin it: by kind,
#: of tables with their subject. What is not in this table is refused to everybody, too.
JOBS: Mapping[str, Rule] = {
    "read": _STEER,
    "compare": _STEER,
    "publish": _STEER,
    "remove": _STEER,
    "restore": _STEER,
    "leave_out": _STEER,
    "export submissions": RULES["POST /admin/submissions/export"],
    "export units": RULES["POST /admin/units/export"],
    "export figures": RULES["POST /admin/figures/export"],
    "export question_set": RULES["POST /admin/question-set/export"],
    "import units": RULES["POST /admin/units/import"],
    "import question_set": RULES["POST /admin/question-set/import"],
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, and what the forms of this session carry."""

    admin_id: int
    name: str
    role: Role
    csrf: str

    @property
    def actor(self) -> str:
        """As the audit trail names people."""
        return f"admin:{self.admin_id}"

    def may(self, route: str) -> bool:
        """Whether the role allows "POST /admin/…"."""
        rule = RULES[route]
        return rule is None or self.role in rule


def may_open(visitor: Visitor, route: str) -> bool:
    """The same for a page that this product may do without."""
    return route in RULES and visitor.may(route)


def may_follow(visitor: Visitor, kind: str, subject: str) -> bool:
    """Whether the role may know of a job in the background."""
    rule = JOBS.get(f"{kind} {subject}", JOBS.get(kind))
    return rule is not None and visitor.role in rule


def may_follow_all(visitor: Visitor) -> bool:
    """Whether the role may know of every job."""
    return all(rule is not None and visitor.role in rule for rule in JOBS.values())


class SignInNeeded(Exception):
    """Nobody is signed in; `ended`: somebody was."""

    def __init__(self, ended: bool) -> None:
        super().__init__("sign in")
        self.ended = ended


async def admit(request: Request) -> None:
    """Let the request in, or raise SignInNeeded or Forbidden; every route of the desk needs it."""
    route = f"{request.method} {request.scope['route'].path}"
    if route not in RULES:
        raise Forbidden(words()["forbidden"]["role"])
    if RULES[route] is None:
        return
    cookie = request.cookies.get(COOKIE, "")
    visitor = await run_in_threadpool(_find_visitor, desk_of(request), cookie)
    if visitor is None:
        raise SignInNeeded(ended=bool(cookie))
    if request.method != "GET" and not await _carries(request, visitor.csrf):
        raise Forbidden(words()["forbidden"]["stale"])
    if not visitor.may(route):
        raise Forbidden(words()["forbidden"]["role"])
    request.state.visitor = visitor


def visitor_of(request: Request) -> Visitor:
    """Who is signed in, on a route that needs it."""
    visitor: Visitor = request.state.visitor
    return visitor


def form_token(settings: Settings, cookie: str) -> str:
    """What the forms of a session carry: whoever cannot read its pages cannot make it up."""
    key = secret_key(settings).encode()
    return hmac.new(key, b"desk form:" + cookie.encode(), hashlib.sha256).hexdigest()


def _find_visitor(desk: Desk, cookie: str) -> Visitor | None:
    if not cookie:
        return None
    with transaction(desk.engine) as session:
        admin = signed_in(session, cookie, clock.now(desk.settings))
        if admin is None or admin.id is None:
            return None
        role, token = cast(Role, admin.role), form_token(desk.settings, cookie)
        return Visitor(admin.id, admin.name, role, token)


async def _carries(request: Request, token: str) -> bool:
    sent = (await request.form()).get("csrf")
    return isinstance(sent, str) and hmac.compare_digest(sent.encode(), token.encode())
