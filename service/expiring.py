"""Papers that come to their end: the desk is told before, and on the day after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from sqlmodel import Session

from bot.owed import day_in_words
from bot.texts import say
from knowledge.documents import Document
from knowledge.library import Library
from service.storage.alerts import open_sources, raise_alert, settle_alert
from service.storage.announced import announce

BEFORE = (7, 30)  #: days before the last day on which the desk is told, the nearest first
_OVER = -1
#: What ended longer ago is no news: an office may keep papers of past years.
_NEWS = timedelta(days=30)


def watch_papers(session: Session, library: Library, today: date, at: datetime) -> None:
    """Tell of each end once; whatever was told of a paper that lasts longer now is settled.

    Papers of others that are shipped to be tried with, and those that another paper of the library
    takes the place of, are nobody's task.
    """
    ending: set[str] = set()
    for paper in _of_the_office(library.documents):
        until = paper.validity.until
        if until is None or until < today - _NEWS:
            continue
        if until < today:
            _tell(session, "paper_expired", paper, until, _OVER, today, at)
        elif (until - today).days <= max(BEFORE):
            ending.add(_source(paper))
            stage = next(days for days in BEFORE if (until - today).days <= days)
            _tell(session, "paper_expiring", paper, until, stage, today, at)
    for source in open_sources(session, "paper_expiring") - ending:
        settle_alert(session, "paper_expiring", source, at)


def _of_the_office(papers: Iterable[Document]) -> list[Document]:
    listed = [paper for paper in papers if not paper.sample]
    replaced = {old for paper in listed for old in paper.supersedes}
    return [paper for paper in listed if paper.id not in replaced]


def _tell(
    session: Session,
    kind: Literal["paper_expiring", "paper_expired"],
    paper: Document,
    until: date,
    days: int,
    today: date,
    at: datetime,
) -> None:
    if announce(session, paper.id, until, days, at):
        left = (until - today).days
        told = {"paper": paper.short_title, "day": day_in_words(until)}
        text = (
            say("alerts.paper_expired", **told, reason=paper.validity.reason)
            if days == _OVER
            else say("alerts.paper_expiring", **told, days=left)
        )
        raise_alert(session, kind, _source(paper), text, at)


def _source(paper: Document) -> str:
    return f"paper:{paper.id}"
