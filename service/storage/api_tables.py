"""The table of tokens by which other programs read and write; no column names a person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, Date, String
from sqlmodel import Field

from service.storage.base import Table, instant


class ApiToken(Table, table=True):
    """What another program shows to be let in; of the token itself only the hash is kept."""

    __tablename__ = "api_token"
    __table_args__ = ({"sqlite_autoincrement": True},)  # the audit trail names it for ever

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(String(60), nullable=False))  #: which program, in words
    hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))  #: SHA-256
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))  #: api_tokens.Scope
    readers: str = Field(sa_column=Column(String(10), nullable=False))  #: public | officers
    made_by: str = Field(sa_column=Column(String(60), nullable=False))
    made_at: datetime = Field(sa_column=instant())
    expires_on: date | None = Field(default=None, sa_column=Column(Date))  #: no more from then on
    last_used_on: date | None = Field(default=None, sa_column=Column(Date))
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
