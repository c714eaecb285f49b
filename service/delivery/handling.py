"""One event that was kept, answered: its replies and all it changes in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pydantic import JsonValue
from sqlmodel import Session

from bot.channels.base import Limits
from bot.channels.rendering import render
from bot.commands import invitation_of, move_code_of, slash
from bot.conversation import respond
from bot.messages import Enclosure, Incoming, Outgoing, Reply
from bot.news_talk import stops
from bot.silence import is_for_assistant, words_of
from bot.standing import Conversation, KeptFile, notice
from bot.votes import hinted
from knowledge.readers import PUBLIC, Readers
from service import clock
from service.asking import Desk, contact_of
from service.delivery.assisting import Assisting
from service.delivery.enclosing import as_carried
from service.delivery.files import Received, record, store
from service.delivery.judging import alert_desk, judge_all
from service.delivery.listening import Ear, follow, listen
from service.delivery.noting import ABOUT, note
from service.delivery.shown_again import for_readers
from service.errors import Overtaken
from service.office import settled
from service.privacy import clean_up
from service.readers import readers_of, reading_now
from service.shapes import reply_json
from service.storage import admins
from service.storage.alerts import AlertKind
from service.storage.codes import find_code, use_code
from service.storage.engine import transaction
from service.storage.inbox import events_up_to, finish_event
from service.storage.office import office_of
from service.storage.outbox import enqueue
from service.storage.people import (
    account_for,
    find_account,
    group_key,
    load_conversation,
    person_key,
    person_of,
    save_conversation,
)
from service.storage.people_tables import ChannelAccount, Person
from service.storage.switches import switches_on
from service.votes import vote_token


@dataclass(frozen=True, slots=True)
class Post:
    """What it takes to answer events: the desk and the limits of each channel."""

    desk: Desk
    limits: Mapping[str, Limits]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is known before an event is answered."""

    account: ChannelAccount
    key: str
    state: Conversation
    version: int
    barred: Reply | None  #: said instead of an answer
    silent: bool  #: nothing is said at all
    paused: bool
    ear: Ear | None  #: what it means for a talk with an officer
    readers: Readers  #: which papers the answer may come from


@dataclass(frozen=True, slots=True)
class _Turned:
    """What an event comes to, before anything of it is written."""

    state: Conversation
    replies: tuple[Reply, ...]
    files: tuple[KeptFile, ...] = ()  #: those to keep
    alerts: tuple[AlertKind, ...] = ()  #: of the person who wrote
    scanned: bool = False  #: whether the antivirus program has answered


def handle(
    post: Post,
    incoming: Incoming,
    event_id: int,
    worker: str,
    files: Sequence[Received] = (),
) -> bool:
    """Answer one event and mark it done; False when another worker has taken it over.

    Raises Overtaken when another message of the same person was faster: to be tried again.
    """
    desk = post.desk
    at = clock.now(desk.settings)
    if incoming.event in ABOUT:
        return note(desk, incoming, event_id, worker, at)
    with transaction(desk.engine) as session:
        office = office_of(session)
        desk = replace(desk, settings=settled(office, desk.settings))
        post = replace(post, desk=desk)
        scene = _scene(session, post, incoming, event_id, at)
    assisting = Assisting(
        desk, office, scene.account, incoming.channel, at, scene.readers, scene.state.asked
    )
    # Answering takes a while: nothing is locked meanwhile, and nothing is written before it.
    turned = _turn(desk, scene, incoming, assisting, files)
    with transaction(desk.engine) as session:
        if not finish_event(session, event_id, worker, at):
            return False
        _check_readers(session, scene, at)
        first = follow(session, scene.ear, at) if scene.ear else ()
        for effect in assisting.effects:
            effect(session)
        vote = ""
        if assisting.asked:
            turned = replace(turned, state=replace(turned.state, asked=assisting.asked))
            vote = vote_token(desk.settings, assisting.asked)
            if not incoming.group and not post.limits[incoming.channel].draws:
                turned = _hinted(turned)
        alert_desk(session, scene.account, turned.alerts, at, scanned=turned.scanned)
        if not assisting.erases:
            _check_person(session, scene.account, assisting.person_id)
            for file in turned.files:
                record(session, assisting.person_id, file, at)
            _save(session, scene, assisting, turned.state, at)
        if assisting.erases and post.limits[incoming.channel].fetches:
            incoming = replace(incoming, chat="")  # our page finds it by its event, without a name
        readers = PUBLIC if assisting.erases or assisting.joined is not None else scene.readers
        for reply in (*first, *turned.replies):
            _enqueue(session, post, incoming, event_id, reply, at, readers, vote)
    if assisting.erases:
        clean_up(desk.engine, desk.settings, assisting.erased)
    return True


def _hinted(turned: _Turned) -> _Turned:
    """With a word on votes under the answer."""
    replies = list(turned.replies)
    state = turned.state
    for place, reply in enumerate(replies):
        state, replies[place] = hinted(state, reply)
    return replace(turned, state=state, replies=tuple(replies))


def takes_files(post: Post, incoming: Incoming, event_id: int) -> bool:
    """Whether what this event carries would be kept: what would not is not even fetched."""
    at = clock.now(post.desk.settings)
    with transaction(post.desk.engine) as session:
        account = find_account(session, incoming.channel, incoming.person)
        if account and _is_left_alone(incoming, account, at):
            return False
        if post.limits[incoming.channel].floods:
            recent = events_up_to(session, event_id, timedelta(minutes=1))
            if recent > post.desk.settings.person_rate_limit:
                return False
        on = switches_on(session)
        invited = account and session.get_one(Person, account.person_id).invited
        return "paused" not in on and ("trial" not in on or bool(invited))


def _turn(
    desk: Desk,
    scene: _Scene,
    incoming: Incoming,
    assisting: Assisting,
    files: Sequence[Received],
) -> _Turned:
    told_pause = scene.paused and (scene.state.told_pause or not scene.silent)
    state = replace(scene.state, told_pause=told_pause)
    alerts: tuple[AlertKind, ...] = ("secret_text",) if incoming.event == "secret" else ()
    if scene.silent and scene.ear:  # said to an officer: it answers no choice of ours
        state = replace(state, choosing=False)
    if scene.silent or scene.barred:
        replies = () if scene.silent or scene.barred is None else (scene.barred,)
        return _Turned(state, replies, alerts=alerts)
    judged = judge_all(() if incoming.group else files, desk.settings, assisting.contact)
    return _Turned(
        *respond(state, incoming, assisting, judged.told),
        files=tuple(file for file in judged.told if file.sha256),
        alerts=alerts + judged.alerts,
        scanned=judged.scanned,
    )


def _scene(session: Session, post: Post, incoming: Incoming, event_id: int, at: datetime) -> _Scene:
    desk = post.desk
    account = account_for(session, incoming, at)
    key = person_key(account.person_id)
    if incoming.group:
        key = group_key(incoming.channel, incoming.chat)
    state, version = load_conversation(session, key)
    limit = desk.settings.person_rate_limit
    recent = 0
    if post.limits[incoming.channel].floods:
        recent = events_up_to(session, event_id, timedelta(minutes=1))
    alone = _is_left_alone(incoming, account, at)
    if alone and not incoming.group:
        alone = not is_for_assistant(state, incoming)
    silent = recent > limit + 1 or alone
    on = switches_on(session)
    paused = "paused" in on
    barred = None
    if not incoming.group and recent <= limit and stops(words_of(state, incoming)):
        silent = paused = False  # whoever wants to hear no more is heard in any case
    elif paused:
        silent = silent or state.told_pause  # once is enough
        barred = notice("chat.paused", contact=contact_of(desk.settings))
    elif recent > limit:
        barred = notice("chat.flood")
    elif not silent:
        barred = _told_first(session, account, incoming, at, trial="trial" in on)
    ear = None
    if not incoming.group and recent <= limit:
        ear = listen(session, desk.settings, account, state, incoming, at)
    if ear and not ear.heard and (silent or barred):
        ear = None  # it is not back yet
    readers = PUBLIC  # in a group others read along
    if not incoming.group:
        readers = reading_now(session, desk.assistant, account.person_id, _day(at))
    return _Scene(account, key, state, version, barred, silent, paused, ear, readers)


def _day(at: datetime) -> date:
    return at.astimezone(clock.VIETNAM).date()


def _is_left_alone(incoming: Incoming, account: ChannelAccount, at: datetime) -> bool:
    """Whether this is said to others: in a group, or to the officer who has taken over."""
    if incoming.group:
        return not incoming.addressed
    return account.paused_until is not None and account.paused_until > at


def _told_first(
    session: Session, account: ChannelAccount, incoming: Incoming, at: datetime, *, trial: bool
) -> Reply | None:
    """What is said before anything is answered; codes count in private only."""
    if not incoming.group and admins.join_person(session, incoming.text, account.person_id, at):
        return notice("chat.test_joined")
    if not trial:
        return None
    person = session.get_one(Person, account.person_id)
    if incoming.group:
        return None if person.invited else notice("chat.trial_group")
    return _uninvited(session, person, incoming, at)


def _uninvited(session: Session, person: Person, incoming: Incoming, at: datetime) -> Reply | None:
    """What somebody is told who may not ask yet; None for the invited."""
    code, moving = invitation_of(incoming.text), move_code_of(incoming.text)
    if moving and find_code(session, "move", moving, at):
        return None  # perhaps they are invited where they come from
    if person.invited:
        return notice("chat.invited") if code and not moving else None
    if code is None:
        return notice("chat.trial")
    if use_code(session, "invite", code, at) is None:
        return notice("chat.wrong_invitation")
    person.invited = True
    session.add(person)
    return notice("chat.invited")


def _save(
    session: Session, scene: _Scene, assisting: Assisting, state: Conversation, at: datetime
) -> None:
    key, version = scene.key, scene.version
    if assisting.joined is not None:
        key, version = person_key(assisting.person_id), assisting.joined
    elif state == scene.state and version:
        return
    if not save_conversation(session, key, state, version, at):
        raise Overtaken


def _check_person(session: Session, account: ChannelAccount, person_id: int) -> None:
    """Raises Overtaken when the account is gone or another person's by now."""
    if person_of(session, account.channel, account.address) != person_id:
        raise Overtaken


def _check_readers(session: Session, scene: _Scene, at: datetime) -> None:
    """Raises Overtaken when the person may read less than when the answer was looked for."""
    if scene.readers == PUBLIC:
        return
    if not scene.readers <= readers_of(session, scene.account.person_id, _day(at)):
        raise Overtaken


def _enqueue(
    session: Session,
    post: Post,
    incoming: Incoming,
    event_id: int,
    reply: Reply,
    at: datetime,
    readers: Readers = PUBLIC,
    vote: str = "",
) -> None:
    """`readers`: who may be shown it again; `vote`: by what our page votes on an answer of the
    papers."""
    limits = post.limits[incoming.channel]
    drawn: Mapping[str, JsonValue] = {}
    messages: Sequence[Outgoing]
    if limits.draws:
        drawn = _drawn(reply)
        if vote and reply.kind in ("answer", "silent"):
            drawn = {**drawn, "vote": vote}
        messages = (Outgoing(incoming.chat, "" if reply.private else reply.text),)
        messages += tuple(Outgoing(incoming.chat, "", enclosure=e) for e in reply.enclosures)
    else:
        messages = render(reply, incoming.chat, limits)
    for rendered in messages:
        message = as_carried(post.desk.settings, limits, rendered)
        enclosure = _enclosed(post.desk, message.enclosure)
        enqueue(
            session,
            incoming.channel,
            message.chat,
            message.text,
            at,
            buttons=message.buttons,
            enclosure=enclosure,
            drawn=for_readers({} if enclosure else drawn, readers if limits.draws else PUBLIC),
            event_id=event_id,
            sent=limits.fetches,
        )


def apologise(post: Post, incoming: Incoming, event_id: int) -> None:
    """Tell whoever waits for an answer that there will be none, and that somebody knows."""
    if incoming.event in ABOUT or (incoming.group and not incoming.addressed):
        return
    at = clock.now(post.desk.settings)
    with transaction(post.desk.engine) as session:
        _enqueue(session, post, incoming, event_id, notice("chat.failed"), at)


def _drawn(reply: Reply) -> dict[str, JsonValue]:
    """The reply as our page draws it, which unfolds long answers and links to clauses by itself."""
    own = [slash("more")]
    if all(source.public for source in reply.sources[:1]):
        own.append(slash("clause"))
    return reply_json(replace(reply, buttons=tuple(b for b in reply.buttons if b.send not in own)))


def _enclosed(desk: Desk, enclosure: Enclosure | None) -> dict[str, JsonValue]:
    if enclosure is None:
        return {}
    sha256 = store(desk.settings.received_dir, enclosure.content)
    return {"name": enclosure.name, "media_type": enclosure.media_type, "sha256": sha256}
