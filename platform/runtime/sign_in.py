"""Accounts, sessions and API tokens: from a secret to a Session.

A secret names its tenant, so that the right schema is asked: `<tenant>~<random>` in the cookie,
`fs_<tenant>_<random>` for tokens. Only hashes are stored."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Select, Text, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from fieldstone.kernel import clock, system_tables
from fieldstone.kernel.db import Connection
from fieldstone.kernel.errors import Invalid, NotFound, TooMany, Unauthenticated
from fieldstone.kernel.i18n import Locale, pick
from fieldstone.kernel.ids import uuid7
from fieldstone.kernel.session import Session, Tenant
from fieldstone.kernel.sql import Statement, statement
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.epoch import bump_access_epoch

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
TOKEN_LIFE = timedelta(days=365)
PASSWORD_LENGTH = 12
FREE_FAILURES = 5
LONGEST_WAIT = 900
SYSTEM_USER = UUID(int=0)

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_state = system_tables.state
_sessions = system_tables.session
_tokens = system_tables.token
_credentials = system_tables.credential


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`secret` goes into the cookie, `csrf_token` into the page."""

    secret: str
    csrf_token: str
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A session this process has seen, with what must still be true for it to count."""

    session: Session
    csrf_token: str
    version: int
    ends_at: datetime
    seen_at: datetime


def system_session(tenant: Tenant, settings: Mapping[str, Any] | None = None) -> Session:
    """The platform itself, in the tenant's own language and time."""
    return Session(
        tenant=tenant,
        user_id=SYSTEM_USER,
        account="system",
        user_name="Fieldstone",
        locale=_locale({}, settings or {}),
        is_system=True,
    )


def tenant_of_secret(secret: str, *, bearer: bool) -> str:
    """The tenant key that a cookie or token names; empty when it is not one of ours."""
    if bearer:
        prefix, _, rest = secret.partition("_")
        return rest.partition("_")[0] if prefix == "fs" else ""
    return secret.partition("~")[0] if "~" in secret else ""


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def hash_password(password: str) -> str:
    """Raises Invalid when it is too short to be worth anything."""
    if len(password) < PASSWORD_LENGTH:
        raise Invalid.one("password.too_short", "password", length=PASSWORD_LENGTH)
    return await asyncio.to_thread(_hasher.hash, password)


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


async def _verified(password_hash: str | None, password: str) -> bool:
    """The same work whether or not the account exists."""
    try:
        await asyncio.to_thread(_hasher.verify, password_hash or _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


async def sign_in(  # noqa: PLR0913  # what one form sends
    connection: Connection,
    tenant: Tenant,
    snapshot: Snapshot,
    *,
    account: str,
    password: str,
    ip: str = "",
    agent: str = "",
) -> SignedIn:
    """Raises Unauthenticated for any wrong part alike, TooMany after repeated failures. A
    failure is counted in the same transaction, so the caller must commit it: see `Refused`."""
    users = table_of(snapshot, USER_OBJECT)
    row = await connection.first(
        select(users.c.id, users.c.is_active, _credentials)
        .join(_credentials, _credentials.c.user_id == users.c.id)
        .where(func.lower(users.c.account) == account.strip().lower(), users.c.deleted_at.is_(None))
    )
    if row is not None:
        _refuse_hasty(row)
    good = await _verified(row["password_hash"] if row else None, password)
    if row is None or not good or not row["is_active"]:
        if row is not None:
            await _count_failure(connection, row)
        raise Refused("sign_in_refused")
    secret = f"{tenant.key}~{secrets.token_urlsafe(32)}"
    csrf_token = secrets.token_urlsafe(24)
    now = clock.now()
    await connection.run(
        insert(_sessions).values(
            id=uuid7(),
            token_hash=digest(secret),
            user_id=row["id"],
            csrf_token=csrf_token,
            created_at=now,
            seen_at=now,
            ip=ip[:60],
            agent=agent[:300],
        )
    )
    await connection.run(
        update(_credentials).where(_credentials.c.user_id == row["id"]).values(failures=0)
    )
    await _note(connection, row["id"], "session.start", ip)
    return SignedIn(secret=secret, csrf_token=csrf_token, user_id=row["id"])


class Refused(Unauthenticated):
    """Wrong organisation, account or password: nobody learns which. Unlike other errors it does
    not undo the transaction, whose only content is the count of failures."""

    code = "sign_in_refused"


def _refuse_hasty(row: Mapping[str, Any]) -> None:
    over = row["failures"] - FREE_FAILURES
    if over < 0 or row["failed_at"] is None:
        return
    wait = min(2**over, LONGEST_WAIT)
    left = (row["failed_at"] + timedelta(seconds=wait) - clock.now()).total_seconds()
    if left > 0:
        raise TooMany("sign_in_slow", seconds=int(left) + 1)


async def _count_failure(connection: Connection, row: Mapping[str, Any]) -> None:
    await connection.run(
        update(_credentials)
        .where(_credentials.c.user_id == row["id"])
        .values(failures=_credentials.c.failures + 1, failed_at=clock.now())
    )
    await _note(connection, row["id"], "session.refused", "")


async def _note(connection: Connection, user_id: UUID, verb: str, ip: str) -> None:
    await connection.run(
        insert(system_tables.audit).values(
            id=uuid7(), at=clock.now(), actor_id=user_id, verb=verb, details={}, ip=ip[:60]
        )
    )


async def sign_out(connection: Connection, session: Session) -> None:
    await connection.run(delete(_sessions).where(_sessions.c.id == session.session_id))
    await bump_access_epoch(connection)


async def set_password(connection: Connection, user_id: UUID, password: str) -> None:
    """Ends all other sessions of the user."""
    await set_passwords(connection, [user_id], password)


async def set_passwords(connection: Connection, user_ids: Sequence[UUID], password: str) -> None:
    """The same password for several people, such as those of a demo."""
    hashed = await hash_password(password)
    values = {"password_hash": hashed, "changed_at": clock.now(), "failures": 0}
    for user_id in user_ids:
        await connection.run(
            upsert(_credentials)
            .values(user_id=user_id, **values)
            .on_conflict_do_update(index_elements=[_credentials.c.user_id], set_=values)
        )
        await connection.run(delete(_sessions).where(_sessions.c.user_id == user_id))
    await bump_access_epoch(connection)


async def create_token(
    connection: Connection, tenant: Tenant, snapshot: Snapshot, *, account: str, title: str = ""
) -> str:
    """The token's text, shown once. Raises NotFound for an unknown account."""
    users = table_of(snapshot, USER_OBJECT)
    user_id = await connection.value(
        select(users.c.id).where(func.lower(users.c.account) == account.lower())
    )
    if user_id is None:
        raise NotFound("account_not_found", account=account[:80])
    secret = f"fs_{tenant.key}_{secrets.token_urlsafe(32)}"
    now = clock.now()
    await connection.run(
        insert(_tokens).values(
            id=uuid7(),
            secret_hash=digest(secret),
            user_id=user_id,
            title=title,
            created_at=now,
            expires_at=now + TOKEN_LIFE,
        )
    )
    await _note(connection, user_id, "token.create", "")
    return secret


@per_snapshot()
def _lookup(snapshot: Snapshot, bearer: bool) -> Statement:  # noqa: FBT001
    """Session or token, its user, and the tenant's settings, in one row."""
    users = table_of(snapshot, USER_OBJECT)
    secret = _tokens if bearer else _sessions
    hashed = secret.c.secret_hash if bearer else secret.c.token_hash
    query: Select[Any] = (
        select(
            secret.c.id.label("secret_id"),
            (literal("") if bearer else secret.c.csrf_token).label("csrf_token"),
            secret.c.created_at.label("began_at"),
            (secret.c.expires_at if bearer else secret.c.seen_at).label("until"),
            users,
            _state.c.access_epoch,
            _state.c.metadata_version,
            _state.c.settings,
        )
        .join(users, users.c.id == secret.c.user_id)
        .join(_state, _state.c.id == 1)
        .where(hashed == bindparam("hash", type_=Text()), users.c.deleted_at.is_(None))
    )
    return statement(query)


async def look_up(
    connection: Connection, tenant: Tenant, snapshot: Snapshot, secret: str, *, bearer: bool
) -> Known | None:
    """Who this secret is, as of now; None when it is nobody's any more."""
    row = await connection.first(_lookup(snapshot, bearer), {"hash": digest(secret)})
    if row is None or not row["is_active"]:
        return None
    now = clock.now()
    ends_at = row["until"] if bearer else row["began_at"] + ABSOLUTE
    if now >= ends_at or (not bearer and now >= row["until"] + IDLE):
        return None
    if not bearer and now - row["until"] > timedelta(minutes=5):
        await connection.run(
            update(_sessions).where(_sessions.c.id == row["secret_id"]).values(seen_at=now)
        )
    session = _session(tenant, row, row["secret_id"])
    return Known(
        session=session,
        csrf_token=row["csrf_token"],
        version=row["metadata_version"],
        ends_at=ends_at,
        seen_at=now,
    )


def _session(tenant: Tenant, row: Mapping[str, Any], session_id: UUID | None) -> Session:
    """`row`: the user, with the settings and the access epoch of the organisation."""
    settings = row["settings"] or {}
    locale = _locale(row, settings)
    return Session(
        tenant=tenant,
        user_id=row["id"],
        account=row["account"],
        user_name=row["name"] or row["account"],
        locale=locale,
        organization=pick(settings.get("name"), locale.code) or tenant.key,
        profile=row.get("profile") or "",
        permission_sets=_names(row.get("permission_sets")),
        is_owner=settings.get("owner_user") == str(row["id"]),
        access_epoch=row["access_epoch"],
        session_id=session_id,
    )


async def acting_session(
    connection: Connection, tenant: Tenant, snapshot: Snapshot, user_id: UUID
) -> Session | None:
    """The user as a job acts for them, with the rights they have now; None for somebody who may
    not sign in any more."""
    users = table_of(snapshot, USER_OBJECT)
    row = await connection.first(
        select(users, _state.c.access_epoch, _state.c.settings)
        .join(_state, _state.c.id == 1)
        .where(users.c.id == user_id, users.c.deleted_at.is_(None))
    )
    return _session(tenant, row, None) if row is not None and row["is_active"] else None


def _zone(name: Any) -> str:
    return name if isinstance(name, str) and name in clock.time_zones() else ""


def _names(raw: Any) -> tuple[str, ...]:
    return tuple(each for each in raw if isinstance(each, str)) if isinstance(raw, list) else ()


def _locale(user: Mapping[str, Any], settings: Mapping[str, Any]) -> Locale:
    return Locale(
        code=user.get("language") or settings.get("locale") or "zh_CN",
        timezone=_zone(user.get("timezone")) or _zone(settings.get("timezone")) or "UTC",
        currency=settings.get("currency") or "CNY",
    )


class KnownSessions:
    """What one process remembers of the sessions it has seen. An entry counts only together
    with the tenant's present access epoch and metadata version."""

    def __init__(self, kept: int = 10_000) -> None:
        self._kept = kept
        self._known: OrderedDict[str, Known] = OrderedDict()

    def get(self, secret: str) -> Known | None:
        """None when unknown, ended, or due to be seen again in the database."""
        key = digest(secret)
        known = self._known.get(key)
        if known is None:
            return None
        now = clock.now()
        if now >= known.ends_at or now - known.seen_at > timedelta(minutes=5):
            del self._known[key]
            return None
        return known

    def put(self, secret: str, known: Known) -> None:
        self._known[digest(secret)] = known
        while len(self._known) > self._kept:
            self._known.popitem(last=False)

    def forget(self, secret: str) -> None:
        self._known.pop(digest(secret), None)
