"""What commands have in common: the language of the terminal, and an opened installation."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import negotiate, translate
from fieldstone.kernel.installation import Installation, opened
from fieldstone.kernel.log import configure_logs
from fieldstone.kernel.settings import Settings
from fieldstone.web.problems import problem_json


def within(command: Callable[[Installation], Awaitable[None]]) -> None:
    """Runs a command on the opened installation."""
    settings = Settings()
    configure_logs(settings)

    async def opening() -> None:
        async with opened(settings) as installation:
            await command(installation)

    asyncio.run(opening())


def say(message: str, **params: Any) -> str:
    """A text in the language of the terminal."""
    return translate(_language(), message, params)


def _language() -> str:
    found = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((value for value in found if value), "")
    return negotiate(wanted.replace("_", "-"))


def told(problem: Problem, place: str = "") -> str:
    """`objects/visit.yaml:12: what is wrong`, and what to do about it."""
    found = problem_json(problem, _language())
    between = "" if _language() == "zh_CN" else " "
    words = between.join(str(found[key]) for key in ("message", "hint") if found[key])
    return f"{place}: {words}" if place else words


def fail(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)
