"""The floor: a minimal server with hand-written SQL and no features: no accounts, no metadata, no
rights. What it does is the most that a Python server on this machine can do.

    FLOOR_DSN=… uvicorn floor:app --port 8100 --loop uvloop --http httptools --no-access-log"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LIST = """select o.id, o.name, o.stage, o.amount, o.close_date, o.company, a.name as company_name
from deal o left join company a on a.id = o.company
where o.stage = %s and o.amount > %s order by o.close_date desc limit 50"""
GET = """select o.*, a.name as company_name, a.industry as company_industry
from deal o left join company a on a.id = o.company where o.id = %s"""
CREATE = """insert into deal(id, name, company, stage, amount, close_date)
values (%s, %s, %s, %s, %s, %s) returning *"""
UPDATE = "update deal set amount = %s where id = %s returning *"
GROUP = "select stage, count(*) as n, sum(amount) as total from deal group by stage"


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError


def answer(data: object) -> Response:
    return Response(orjson.dumps(data, default=_plain), media_type="application/json")


async def rows(request: Request, text: str, params: tuple[Any, ...] = ()) -> list[Any]:
    async with request.app.state.pool.connection() as connection:
        cursor = await connection.execute(text, params)
        return await cursor.fetchall()


async def list_deals(request: Request) -> Response:
    stage, amount = request.query_params["stage"], Decimal(request.query_params["amount"])
    return answer(await rows(request, LIST, (stage, amount)))


async def get_deal(request: Request) -> Response:
    return answer((await rows(request, GET, (UUID(request.path_params["id"]),)))[0])


def _values(deal: dict[str, Any]) -> tuple[Any, ...]:
    names = ("name", "company", "stage", "amount", "close_date")
    return (uuid4(), *(deal[name] for name in names))


async def create_deals(request: Request) -> Response:
    data = orjson.loads(await request.body())
    if isinstance(data, dict):
        return answer((await rows(request, CREATE, _values(data)))[0])
    async with request.app.state.pool.connection() as connection, connection.cursor() as cursor:
        text = CREATE.replace(" returning *", "")
        await cursor.executemany(text, [_values(each) for each in data])
    return answer({"n": len(data)})


async def update_deal(request: Request) -> Response:
    data = orjson.loads(await request.body())
    params = (data["amount"], UUID(request.path_params["id"]))
    return answer((await rows(request, UPDATE, params))[0])


async def group_deals(request: Request) -> Response:
    return answer(await rows(request, GROUP))


@asynccontextmanager
async def lifespan(application: Starlette) -> AsyncIterator[None]:
    pool = AsyncConnectionPool(
        os.environ["FLOOR_DSN"],
        min_size=8,
        max_size=8,
        open=False,
        kwargs={"row_factory": dict_row, "autocommit": True},
    )
    await pool.open()
    application.state.pool = pool
    yield
    await pool.close()


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/deal", list_deals),
        Route("/deal", create_deals, methods=["POST"]),
        Route("/deal/{id}", get_deal),
        Route("/deal/{id}", update_deal, methods=["PATCH"]),
        Route("/group", group_deals),
    ],
)
