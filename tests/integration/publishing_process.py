"""A process that publishes one changeset after another until it is killed.

`python publishing_process.py LOGIN_URL OWNER_URL FIRST_NUMBER`"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from fieldstone.kernel.db import Database
from fieldstone.kernel.session import Tenant
from fieldstone.metadata.changesets import proposal_of
from fieldstone.metadata.operations import Components, Operation, read_operations
from fieldstone.metadata.publish import Proposal, Publication, publish

TENANT = Tenant(key="acme", schema="t_acme", role="test_t_acme")


def operations(number: int) -> list[Operation]:
    """An object with fields, links and indexes, another field for one that is there, and the
    end of the object before."""
    name = f"load_{number}"
    text: dict[str, Any] = {"type": "text", "label": {"en": "T"}}
    raw = [
        {
            "op": "create",
            "kind": "object",
            "name": name,
            "body": {"label": {"en": name}, "name_field": {"type": "text"}},
        },
        *(
            {
                "op": "create",
                "kind": "field",
                "name": f"{name}.f{index}",
                "body": {**text, "indexed": True},
            }
            for index in range(12)
        ),
        {
            "op": "create",
            "kind": "field",
            "name": f"{name}.site",
            "body": {"type": "lookup", "target": "site", "label": {"en": "S"}},
        },
        {"op": "create", "kind": "field", "name": f"site.extra_{number}", "body": text},
    ]
    found, problems = read_operations(raw)
    if problems:
        raise SystemExit(str(problems))
    return found


def publication(number: int) -> Publication:
    def propose(before: Components) -> Proposal:
        return proposal_of(operations(number), before)

    return Publication(title=f"load {number}", propose=propose)


async def main(login: str, owner: str, number: int) -> None:
    database = Database(login, owner, pool_size=2)
    await database.open()
    while True:
        await publish(database, TENANT, publication(number))
        print(number, flush=True)
        number += 1


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
