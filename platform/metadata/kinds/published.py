"""The JSON Schemas of all kinds as files, for editors that complete and check while one types.

python -m fieldstone.metadata.kinds.published docs/reference/schemas"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fieldstone.metadata.kinds.registry import KINDS


def schema_files() -> dict[str, str]:
    """File name → text, one for each kind."""
    return {
        f"{kind.name}.json": json.dumps(
            {"title": kind.label["en"], **kind.schema}, ensure_ascii=False, indent=1
        )
        + "\n"
        for kind in KINDS.values()
    }


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
