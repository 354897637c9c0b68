"""The job queue brings its schema as numbered SQL files that only ever grow in number.

A control revision applies the files up to one of them by name, so that an old installation and a
new one end with the same schema whatever release of the queue is installed."""

from collections.abc import Iterator
from pathlib import Path

from procrastinate.schema import migrations_path


def queue_steps(*, after: str, up_to: str) -> Iterator[str]:
    """The texts of the files named after `after` up to and with `up_to`."""
    for name in queue_step_names():
        if after < name <= up_to:
            yield next(Path(migrations_path).glob(f"{name}_*.sql")).read_text("utf-8")


def queue_step_names() -> list[str]:
    """`03.04.00_50` and so on, oldest first."""
    return sorted(path.name[:11] for path in Path(migrations_path).glob("*.sql"))
