"""One message of a person in, replies out: commands, choices, files, groups, then the papers.

The state of a conversation is a value; whatever reaches beyond it goes through `Assistance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answers import plain, shorten
from bot.assistance import Assistance
from bot.commands import IN_FORM, MENU, Command, command_of, move_code_of, slash
from bot.filling import Filled, ask, start, take
from bot.forms import criteria
from bot.forms.definition import Where, is_known
from bot.forms.engine import Progress
from bot.group_answers import for_all
from bot.messages import Button, Incoming, Reply, Turn
from bot.offers import Offer, chosen, offer_of, pressed
from bot.texts import say

_TURNS = 10  #: earlier messages kept: a follow-up needs two or three
_OFFERS = 5  #: old choices that can still be tapped


@dataclass(frozen=True, slots=True)
class Cited:
    """The first clause of an answer, and what is said of its paper."""

    document: str
    address: str
    status: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a conversation stands: all that the next message needs."""

    turns: tuple[Turn, ...] = ()
    offers: tuple[Offer, ...] = ()  #: newest last
    choosing: bool = False  #: whether a typed number or label answers the newest offer
    offered: int = 0  #: how many offers there have been
    more: str = ""  #: the rest of the last answer
    answered: str = ""  #: the last answer as a text to pass on, with its sources
    cited: Cited | None = None  #: behind the last answer
    awaits_unit: bool = False  #: we asked for the name of the person's unit
    told_pause: bool = False  #: the person has been told that automatic answers are paused
    form: Progress | None = None  #: a form that was begun
    filling: bool = False  #: whether what is written answers it


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What became of a file that came in: kept, or refused with a sentence."""

    name: str
    size: int  #: bytes
    refusal: str = ""


_SHORT_MENU: tuple[Command, ...] = ("criteria", *(c for c in MENU if c != "help"))
#: What is done in the middle of a form, which then goes on; any other command lets it rest.
_ASIDE = frozenset(("help", "more", "clause", "officer", "officer_done", "group"))

Turned = tuple[Conversation, tuple[Reply, ...]]


def respond(
    state: Conversation,
    incoming: Incoming,
    assistance: Assistance,
    files: Sequence[KeptFile] = (),
) -> Turned:
    """The conversation after `incoming`, and what is said to it."""
    if state.form and not is_known(state.form.form):
        state = replace(state, form=None, filling=False)
    if incoming.group:
        return _in_group(state, incoming, assistance)
    match incoming.event:
        case "start":
            return _started(state, incoming, assistance)
        case "file":
            return state, tuple(map(_receipt, files))
        case "press":
            return _pressed(state, incoming, assistance)
        case "text":
            return _said(state, incoming.text, assistance)
        case "secret":
            told = notice("sensitive.secret", contact=assistance.contact)
            return state, (replace(told, private=True),)
        case "voice" | "sticker" | "location" | "contact" | "unknown" as event:
            return _offering(state, notice(f"chat.{event}", ("officer",)))
        case _:
            return state, ()


def notice(key: str, commands: Sequence[Command] = (), **values: object) -> Reply:
    """A word of the assistant about itself, with commands to tap."""
    text = say(key, **values)
    buttons = tuple(Button(say(f"commands.{name}"), slash(name)) for name in commands)
    return Reply("notice", text, "", text, "", buttons=buttons)


def _said(state: Conversation, text: str, assistance: Assistance) -> Turned:
    send = chosen(state.offers[-1], text) if state.choosing else None
    if send is not None:
        return _sent(replace(state, choosing=False), send, assistance)
    if state.choosing and text.strip().isdecimal() and len(text.strip()) <= 2:
        return state, (notice("chat.choose_one_of", count=len(state.offers[-1].buttons)),)
    code = move_code_of(text)
    if code:
        return _joined(state, code, assistance)
    command = command_of(text)
    if state.filling and (command is None or command in IN_FORM):
        return _fill(state, text, assistance)
    if command:
        return _beside_form(state, command, assistance)
    if state.awaits_unit and not text.rstrip().endswith("?"):
        text = say("chat.duties_of", unit=text.strip())
    return _answered(replace(state, awaits_unit=False), text, assistance)


def _pressed(state: Conversation, incoming: Incoming, assistance: Assistance) -> Turned:
    send = pressed(state.offers, incoming.button)
    if send is None:
        return _offering(state, notice("chat.old_button", ("help",)))
    return _sent(replace(state, choosing=False, awaits_unit=False), send, assistance)


def _sent(state: Conversation, send: str, assistance: Assistance) -> Turned:
    """What a choice stands for: a command, an answer to the form, or a question to the papers."""
    if state.filling and not send.startswith("/"):
        return _between(state, send, assistance)
    return _said(state, send, assistance)


def _answered(state: Conversation, text: str, assistance: Assistance) -> Turned:
    reply = assistance.answer(text, state.turns)
    if reply.private:
        return state, (reply,)
    turns = (*state.turns, Turn("user", text), Turn("assistant", reply.text))[-_TURNS:]
    state = replace(state, turns=turns, more="")
    offered: list[Command] = []
    if reply.more:
        state = replace(state, more=reply.more)
        offered.append("more")
    if reply.kind == "answer":
        state = replace(state, answered=plain(reply), cited=_cited(reply))
        if state.cited and not assistance.links:
            offered.append("clause")
    buttons = (Button(say(f"commands.{name}"), slash(name)) for name in offered)
    return _offering(state, replace(reply, buttons=(*reply.buttons, *buttons)))


def _cited(reply: Reply) -> Cited | None:
    first = reply.sources[0] if reply.sources else None
    return Cited(first.document, first.address, reply.status) if first else None


def _offering(state: Conversation, *replies: Reply) -> Turned:
    """Give the buttons of the last reply their ids and remember them."""
    *before, last = replies
    if not last.buttons:
        return replace(state, choosing=False), replies
    offer = offer_of(state.offered + 1, last.buttons)
    offers = (*state.offers, offer)[-_OFFERS:]
    state = replace(state, offers=offers, offered=offer.number, choosing=True)
    return state, (*before, replace(last, buttons=offer.buttons))


def _commanded(state: Conversation, command: Command, assistance: Assistance) -> Turned:
    state = replace(state, awaits_unit=False)
    match command:
        case "start" | "help":
            return _offering(state, notice(f"chat.{command}", _SHORT_MENU))
        case "new":
            fresh = Conversation(offers=state.offers, offered=state.offered, form=state.form)
            return fresh, (notice("chat.new"),)
        case "more":
            return _more(state)
        case "clause":
            return state, (_clause(state, assistance),)
        case "duties":
            return replace(state, awaits_unit=True, choosing=False), (notice("chat.which_unit"),)
        case "move":
            return state, (notice("chat.move", code=assistance.move_code()),)
        case "erase":
            return _offering(state, notice("chat.erase", ("erase_now", "keep")))
        case "erase_now":
            assistance.erase()
            return Conversation(offered=state.offered), (notice("chat.erased"),)
        case "keep":
            return replace(state, choosing=False), (notice("chat.kept"),)
        case "officer":
            hours = assistance.hand_off()
            return replace(state, choosing=False), (
                notice("chat.handed_off", hours=hours, contact=assistance.contact),
            )
        case "officer_done":
            ended = notice(f"chat.officer_{assistance.end_hand_off()}")
            return replace(state, choosing=False), (ended,)
        case "group":
            return _for_group(state, assistance)
        case "criteria":
            return _filled(state, start(criteria.FORM, state.form, _where(assistance)))
        case "form_resume":
            if state.form is None:
                return state, (notice("form.none"),)
            return _filled(state, start(state.form.form, state.form, _where(assistance)))
        case "form_save":
            told = "form.saved" if state.form else "form.none"
            return replace(state, filling=False, choosing=False), (notice(told),)
        case "form_cancel":
            told = "form.cancelled" if state.form else "form.none"
            return replace(state, form=None, filling=False, choosing=False), (notice(told),)
        case "form_back" | "form_skip" | "form_submit":
            told = "form.paused" if state.form else "form.none"
            return state, (notice(told),)


def _where(assistance: Assistance) -> Where:
    return lambda clause: assistance.place(clause.document, clause.address)


def _filled(state: Conversation, filled: Filled) -> Turned:
    going_on = filled.progress is not None
    return _offering(replace(state, form=filled.progress, filling=going_on), filled.reply)


def _fill(state: Conversation, text: str, assistance: Assistance) -> Turned:
    assert state.form is not None, "nothing is filled in without a form"
    filled = take(state.form, text, _where(assistance), assistance.today)
    return _between(state, text, assistance) if filled is None else _filled(state, filled)


def _between(state: Conversation, text: str, assistance: Assistance) -> Turned:
    """A question in the middle of a form: answered, and the form goes on where it was."""
    state, replies = _answered(state, text, assistance)
    if replies[-1].kind == "clarify":
        return state, replies  # that choice first
    return _going_on(state, replies, assistance)


def _beside_form(state: Conversation, command: Command, assistance: Assistance) -> Turned:
    if not state.filling or command.startswith("form_") or command == "criteria":
        return _commanded(state, command, assistance)
    if command in _ASIDE:
        state, replies = _commanded(state, command, assistance)
        return _going_on(state, replies, assistance)
    state, replies = _commanded(replace(state, filling=False), command, assistance)
    return state, (notice("form.paused"), *replies) if state.form else replies


def _going_on(state: Conversation, replies: tuple[Reply, ...], assistance: Assistance) -> Turned:
    assert state.form is not None, "nothing is filled in without a form"
    state, asked = _offering(state, ask(state.form, _where(assistance)))
    return state, (*replies, *asked)


def _more(state: Conversation) -> Turned:
    if not state.more:
        return state, (notice("chat.no_more"),)
    reply = Reply("notice", state.more, "", state.more, "")
    return replace(state, more="", choosing=False), (reply,)


def _clause(state: Conversation, assistance: Assistance) -> Reply:
    cited = state.cited
    text = assistance.clause(cited.document, cited.address) if cited else ""
    if cited is None or not text:
        return notice("chat.no_clause")
    return Reply("notice", text, "", f"{text}\n{cited.status}".rstrip(), cited.status)


def _for_group(state: Conversation, assistance: Assistance) -> Turned:
    """The last answer as a clean text to paste where the assistant cannot write itself."""
    if not state.answered:
        return state, (notice("chat.nothing_to_pass_on"),)
    text = say("chat.for_group", answer=state.answered)
    reply = Reply("notice", text, "", text, "", enclosures=assistance.enclosures(text))
    return replace(state, choosing=False), (notice("chat.for_group_intro"), reply)


def _started(state: Conversation, incoming: Incoming, assistance: Assistance) -> Turned:
    code = move_code_of(f"/start {incoming.text}") if incoming.text else None
    if code:
        return _joined(state, code, assistance)
    return _commanded(state, "start", assistance)


def _joined(state: Conversation, code: str, assistance: Assistance) -> Turned:
    conversation = assistance.join(code)
    if conversation is None:
        return state, (notice("chat.wrong_code"),)
    asked = next((t.content for t in reversed(conversation.turns) if t.role == "user"), "")
    if not asked:
        return conversation, (notice("chat.joined"),)
    return conversation, (notice("chat.joined_after", asked=shorten(asked, 120)),)


def _receipt(file: KeptFile) -> Reply:
    if file.refusal:
        return notice("chat.file_refused", name=file.name, reason=file.refusal)
    return notice("chat.file_kept", name=file.name, size=_size(file.size))


def _size(size: int) -> str:
    """ "20 KB", "1,5 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def _in_group(state: Conversation, incoming: Incoming, assistance: Assistance) -> Turned:
    """Public answers only, short; whatever is personal is done in private."""
    heard = ("text", "press", "file", "start", "secret")
    if not incoming.addressed or incoming.event not in heard:
        return state, ()
    if incoming.event == "secret":
        return state, (replace(notice("chat.group_secret"), private=True),)
    text = incoming.text
    if incoming.event == "press":
        text = pressed(state.offers, incoming.button) or ""
        if not text:
            return state, (notice("chat.old_button"),)
    elif state.choosing:
        text = chosen(state.offers[-1], text) or text
    if incoming.event in ("file", "start") or not text or command_of(text) or move_code_of(text):
        return state, (notice("chat.group_private"),)
    state, (reply,) = _offering(state, assistance.answer(text, ()))
    return state, (for_all(reply),)
