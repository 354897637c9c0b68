"""Deterministic rows that both servers are loaded with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

STAGES = ("prospecting", "qualification", "needs", "proposal", "negotiation", "won", "lost")
INDUSTRIES = ("technology", "finance", "healthcare", "manufacturing", "retail", "energy")
FIRST = ("Wei", "Ling", "Anna", "Ivan", "Yuki", "Carlos", "Fatima", "Pierre", "Olga", "James")
LAST = ("Smith", "Johnson", "Garcia", "Miller", "Martinez", "Nguyen", "Flores", "Zhang", "Wang")
WORDS = ("alpha", "delta", "omega", "prime", "united", "northern", "pacific", "summit", "nova")
COMPANIES, PEOPLE, DEALS = 20_000, 50_000, 100_000
FIRST_DAY = date(2024, 1, 1)


def companies(count: int = COMPANIES) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311  # the same rows in every run
    for number in range(1, count + 1):
        yield {
            "number": number,
            "name": f"{chance.choice(WORDS).title()} {chance.choice(WORDS).title()} {number}",
            "industry": chance.choice(INDUSTRIES),
        }


def people(count: int = PEOPLE, companies_: int = COMPANIES) -> Iterator[dict[str, Any]]:
    chance = random.Random(2)  # noqa: S311
    for number in range(1, count + 1):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        yield {
            "number": number,
            "first_name": first,
            "last_name": f"{last}{chance.randint(1, 999)}",
            "email": f"{first}.{last}{number}@example.com".lower(),
            "company": chance.randint(1, companies_),
        }


def deals(count: int = DEALS, companies_: int = COMPANIES) -> Iterator[dict[str, Any]]:
    chance = random.Random(3)  # noqa: S311
    for number in range(1, count + 1):
        yield {
            "number": number,
            "name": f"Deal {chance.choice(WORDS)} {chance.choice(WORDS)} {number}",
            "company": chance.randint(1, companies_),
            "stage": chance.choice(STAGES),
            "amount": f"{chance.randint(100_000, 100_000_000) / 100:.2f}",
            "close_date": (FIRST_DAY + timedelta(days=chance.randint(0, 1095))).isoformat(),
        }
