"""A repeated POST with the same Idempotency-Key gets the first one's answer: the only cure for
a reply that was lost. The answer is kept in the same transaction as what it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, insert, select

from fieldstone.kernel import clock
from fieldstone.kernel.db_errors import ConstraintError
from fieldstone.kernel.errors import BadRequest, Conflict
from fieldstone.kernel.system_tables import idempotency
from fieldstone.runtime.transaction import Transaction

KEPT = timedelta(hours=24)
LONGEST = 200


async def once(
    transaction: Transaction,
    key: str | None,
    request: bytes,
    run: Callable[[], Awaitable[tuple[int, Any]]],
) -> tuple[int, bytes]:
    """Status and body of `run`, or of the earlier request with this key. `request` tells one
    request from another: its address and body. Raises Conflict when the key was used for another
    request."""
    if not key:
        status, body = await run()
        return status, _encoded(body)
    if len(key) > LONGEST:
        raise BadRequest("idempotency_key_too_long", limit=LONGEST)
    digest = hashlib.sha256(request).hexdigest()
    table, user_id = idempotency, transaction.session.user_id
    mine = (table.c.user_id == user_id) & (table.c.key == key)
    connection = transaction.connection
    await connection.run(
        delete(table).where(table.c.user_id == user_id, table.c.at < clock.now() - KEPT)
    )
    earlier = await connection.first(select(table).where(mine))
    if earlier is not None:
        if earlier["request_hash"] != digest:
            raise Conflict("idempotency_key_reused")
        return earlier["status"], str(earlier["response"]).encode()
    status, body = await run()
    text = _encoded(body)
    try:
        await connection.run(
            insert(table).values(
                user_id=user_id,
                key=key,
                request_hash=digest,
                status=status,
                response=text.decode(),
                at=clock.now(),
            )
        )
    except ConstraintError as error:  # the same request is running at this moment
        raise Conflict("idempotency_in_progress") from error
    return status, text


def _encoded(body: Any) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)
