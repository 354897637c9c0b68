"""What commands have in common: the language of the terminal, and an opened installation."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from fieldstone.kernel.i18n import negotiate, translate
from fieldstone.kernel.installation import Installation, opened
from fieldstone.kernel.log import configure_logs
from fieldstone.kernel.settings import Settings


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
    found = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((value for value in found if value), "")
    return translate(negotiate(wanted.replace("_", "-")), message, params)


def fail(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)
