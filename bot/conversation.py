"""One message of a person in, replies out: commands, choices, files, groups, then the papers.

The state of a conversation is a value; whatever reaches beyond it goes through `Assistance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import form_begun, form_talk, mail_talk, news_talk, owed_talk, records, votes, who_owes
from bot.answers import plain, shorten
from bot.assistance import Assistance
from bot.commands import IN_FORM, Command, command_of, move_code_of, slash
from bot.forms.checklist import checklist
from bot.forms.definition import known_forms
from bot.forms.engine import Progress
from bot.forms.taps import tap_of
from bot.group_answers import for_all
from bot.home import start
from bot.messages import Button, Incoming, Reply, Turn
from bot.offers import chosen, pressed
from bot.record_view import named_record
from bot.standing import Cited, Conversation, KeptFile, Turned, notice, offering, within
from bot.texts import say

_TURNS = 10  #: earlier messages kept: a follow-up needs two or three
#: What somebody may begin with, who has just come.
_SHORT_MENU: tuple[Command, ...] = ("duties", "criteria", "submit_plan", "comment", "officer")
#: What answers the notice before a form; within one, a comment may say no more than this.
_AGREES: frozenset[Command] = frozenset(("form_agree", "form_decline"))
#: What is an answer within a form, whatever it means elsewhere.
_NO_COMMANDS = _AGREES | votes.VOTES.keys()
#: What is done in the middle of a form, which then goes on; any other command lets it rest.
_ASIDE = frozenset(
    (
        "help",
        "more",
        "clause",
        "officer",
        "officer_done",
        "group",
        "my_records",
        "unit_records",
        "my_data",
        "checklist",
        "unsubscribe",
        "subscribe",
        "mail",
        "mail_stop",
    )
)


def respond(
    state: Conversation,
    incoming: Incoming,
    assistance: Assistance,
    files: Sequence[KeptFile] = (),
) -> Turned:
    """The conversation after `incoming`, and what is said to it."""
    state = within(state, assistance.readers)
    if state.form and state.form.form not in known_forms():
        state = replace(state, form=None, filling=False)
    if incoming.group:
        return _in_group(state, incoming, assistance)
    match incoming.event:
        case "start":
            return _started(state, incoming, assistance)
        case "file":
            return form_talk.files_for_form(state, files, assistance)
        case "press":
            return _pressed(state, incoming, assistance)
        case "text":
            return _said(state, incoming.text, assistance)
        case "secret":
            told = notice("sensitive.secret", contact=assistance.contact)
            return _beside(state, replace(told, private=True), assistance)
        case "voice" | "sticker" | "location" | "contact" | "unknown" as event:
            return _beside(state, notice(f"chat.{event}", ("officer",)), assistance)
        case _:
            return state, ()


def _said(state: Conversation, text: str, assistance: Assistance) -> Turned:
    by_number = state.choosing and not form_talk.takes_figures(state, text, assistance)
    send = chosen(state.offers[-1], text) if by_number else None
    if send is not None:
        return _sent(replace(state, choosing=False), send, assistance)
    if by_number and text.strip().isdecimal() and len(text.strip()) <= 2:
        return state, (notice("chat.choose_one_of", count=len(state.offers[-1].buttons)),)
    if mailed := mail_talk.asked_about(state, text, assistance):
        return _going_on(*mailed, assistance) if state.filling else mailed
    code = move_code_of(text)
    if code:
        return _joined(state, code, assistance)
    tap = tap_of(text)
    if tap and not state.filling:
        return state, (form_begun.not_at_hand(state, tap, assistance),)
    if seen := named_record(state, text, assistance):
        return _going_on(*seen, assistance) if state.filling else seen
    if not state.filling and (vote := votes.vote_of(text)):
        return votes.voted(state, vote, assistance)
    command = command_of(text)
    if form_talk.answers_choice(state, text, assistance) or (
        state.filling and command in _NO_COMMANDS and not state.agreeing
    ):
        command = None  # "xin lùi hạn", "nhất trí": at a question that is an answer
    if state.filling and (command is None or command in IN_FORM):
        about = None if command else _about(state, text, assistance)
        filled = about or form_talk.answer_form(state, text, assistance)
        return filled or _between(state, text, assistance)
    if command:
        return _beside_form(state, command, assistance)
    about = _about(state, text, assistance)
    if about:
        return about
    if state.awaits_unit and not text.rstrip().endswith("?"):
        text = say("chat.duties_of", unit=text.strip())
    return _answered(replace(state, awaits_unit=False), text, assistance)


def _about(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """A message that names a record, a draft, an invitation, a duty of the unit or of all."""
    found = news_talk.named(state, text, assistance) or records.asked_about(state, text, assistance)
    found = found or owed_talk.asked_about(state, text, assistance)
    # Within a form such words are an answer.
    return found or (None if state.filling else who_owes.asked_about(state, text, assistance))


def _pressed(state: Conversation, incoming: Incoming, assistance: Assistance) -> Turned:
    send = pressed(state.offers, incoming.button)
    if send is None:
        return _beside(state, notice("chat.old_button", ("help",)), assistance)
    return _sent(replace(state, choosing=False, awaits_unit=False), send, assistance)


def _sent(state: Conversation, send: str, assistance: Assistance) -> Turned:
    """What a choice stands for: a command, an answer to the form, or a question to the papers."""
    if about := owed_talk.named(state, send, assistance):
        return about  # a reminder, whatever is being filled in
    if about := news_talk.named(state, send, assistance):
        return _going_on(*about, assistance) if state.filling else about
    if state.filling and not send.startswith("/"):
        return _between(state, send, assistance)
    return _said(state, send, assistance)


def _answered(
    state: Conversation, text: str, assistance: Assistance, *, kept: bool = True
) -> Turned:
    """`kept`: among the questions that the desk sees; what is said in a form may be personal."""
    reply = assistance.answer(text, state.turns, kept=kept)
    if not kept or reply.private:
        state = replace(state, asked=0)  # what is said next is no word on an earlier answer
    if reply.private:
        return state, (reply,)
    turns = (*state.turns, Turn("user", text), Turn("assistant", reply.text))[-_TURNS:]
    state = replace(state, turns=turns, more="")
    offered: list[Command] = []
    if reply.more:
        state = replace(state, more=reply.more)
        offered.append("more")
    if reply.kind == "answer":
        passed_on = plain(reply) if all(source.public for source in reply.sources) else ""
        state = replace(state, answered=passed_on, cited=_cited(reply))
        # No page shows a paper that is not for everybody.
        if state.cited and not (assistance.links and reply.sources[0].public):
            offered.append("clause")
    buttons = (Button(say(f"commands.{name}"), slash(name)) for name in offered)
    return offering(state, replace(reply, buttons=(*reply.buttons, *buttons)))


def _cited(reply: Reply) -> Cited | None:
    first = reply.sources[0] if reply.sources else None
    return Cited(first.document, first.address, reply.status) if first else None


def _commanded(state: Conversation, command: Command, assistance: Assistance) -> Turned:
    state = replace(state, awaits_unit=False)
    match command:
        case "start":
            text = start(assistance.home)
            return offering(state, replace(notice("chat.start", _SHORT_MENU), lead=text, text=text))
        case "help":
            return offering(state, notice("chat.help", _SHORT_MENU))
        case "new":
            fresh = Conversation(offers=state.offers, offered=state.offered, form=state.form)
            fresh = replace(fresh, resting=state.resting, last_code=state.last_code)
            return fresh, (notice("chat.new"),)
        case "more":
            return _more(state)
        case "clause":
            return state, (_clause(state, assistance),)
        case "duties":
            return owed_talk.listed(state, assistance)
        case "move":
            return state, (notice("chat.move", code=assistance.move_code()),)
        case "erase":
            sure = _told_of_records("chat.erase", assistance, ("erase_now", "keep"))
            return offering(state, sure)
        case "erase_now":
            farewell = _told_of_records("chat.erased", assistance)
            assistance.erase()
            return Conversation(offered=state.offered), (farewell,)
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
        case "mail":
            return mail_talk.asked(state, assistance)
        case "mail_stop":
            return mail_talk.stopped(state, assistance)
        case "group":
            return _for_group(state, assistance)
        case "helpful" | "unhelpful":
            return votes.voted(state, votes.Vote(votes.VOTES[command]), assistance)
        case "checklist":
            where = form_talk.where(assistance)
            return state, (checklist(assistance.paper, where),)
        case _:
            told = form_begun.commanded(state, command, assistance)
            told = told or records.commanded(state, command, assistance)
            told = told or news_talk.commanded(state, command, assistance)
            assert told is not None, "every command is somebody's"
            return told


def _between(state: Conversation, text: str, assistance: Assistance) -> Turned:
    """A question in the middle of a form: answered, and the form goes on where it was."""
    state, replies = _answered(state, text, assistance, kept=False)
    if replies[-1].kind == "clarify":
        return state, replies  # that choice first
    return _going_on(state, replies, assistance)


def _beside_form(state: Conversation, command: Command, assistance: Assistance) -> Turned:
    if not state.filling or command.startswith("form_") or command in form_begun.FORMS:
        return _commanded(state, command, assistance)
    if command in _ASIDE:
        state, replies = _commanded(state, command, assistance)
        return _going_on(state, replies, assistance)
    state, replies = _commanded(replace(state, filling=False), command, assistance)
    return state, (notice("form.paused"), *replies) if state.form else replies


def _beside(state: Conversation, told: Reply, assistance: Assistance) -> Turned:
    """What is said to something that is neither an answer nor a question."""
    state, replies = offering(state, told)
    return _going_on(state, replies, assistance) if state.filling else (state, replies)


def _going_on(state: Conversation, replies: tuple[Reply, ...], assistance: Assistance) -> Turned:
    state, asked = form_talk.beside_form(state, assistance)
    return state, (*replies, *asked)


def _told_of_records(key: str, assistance: Assistance, commands: Sequence[Command] = ()) -> Reply:
    """With what the office must keep, which goes on without the person."""
    codes = [record.code for record in assistance.registry.sent() if record.stays]
    told = notice(key, commands)
    if not codes:
        return told
    text = f"{told.text}\n{say('chat.erase_keeps', codes=', '.join(codes))}"
    return replace(told, lead=text, text=text)


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
        why = "not_to_pass_on" if state.cited else "nothing_to_pass_on"
        return state, (notice(f"chat.{why}"),)
    text = say("chat.for_group", answer=state.answered)
    reply = Reply("notice", text, "", text, "", enclosures=assistance.enclosures(text))
    return replace(state, choosing=False), (notice("chat.for_group_intro"), reply)


def _started(state: Conversation, incoming: Incoming, assistance: Assistance) -> Turned:
    code = move_code_of(f"/start {incoming.text}") if incoming.text else None
    if code:
        return _joined(state, code, assistance)
    return _linked(state, incoming.text, assistance) or _commanded(state, "start", assistance)


def _linked(state: Conversation, payload: str, assistance: Assistance) -> Turned | None:
    """What a link names that began the conversation: an invitation, a draft; None for others."""
    if not payload:
        return None
    about = records.asked_about(state, f"/start {payload}", assistance)
    return about or records.asked_about(state, payload, assistance)


def _joined(state: Conversation, code: str, assistance: Assistance) -> Turned:
    conversation = assistance.join(code)
    if conversation is None and assistance.registry.invited_to(code):
        return records.invited(state, code, assistance)
    if conversation is None:
        return state, (notice("chat.wrong_code"),)
    asked = next((t.content for t in reversed(conversation.turns) if t.role == "user"), "")
    conversation = _with_forms(conversation, state)
    if not asked:
        return conversation, (notice("chat.joined"),)
    return conversation, (notice("chat.joined_after", asked=shorten(asked, 120)),)


def _with_forms(there: Conversation, here: Conversation) -> Conversation:
    """What was begun on either side is gone on with; of one form that of the other side."""
    begun: dict[str, Progress] = {}
    for draft in (*there.begun, *here.begun):
        begun.setdefault(draft.form, draft)
    forms = tuple(begun.values())
    return replace(
        there,
        form=forms[0] if forms else None,
        resting=forms[1:],
        filling=there.filling and there.form is not None,
        early=(*there.early, *here.early),
    )


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
    command = mail_talk.names_address(text) or command_of(text) or move_code_of(text)
    told = command or votes.vote_of(text) or who_owes.understood(text)
    if incoming.event in ("file", "start") or not text or told:
        return state, (notice("chat.group_private"),)
    state, (reply,) = offering(state, assistance.answer(text, ()))
    return state, (for_all(reply),)
