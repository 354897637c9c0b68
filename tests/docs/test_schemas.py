"""The published JSON Schemas are what documents are checked against."""

from __future__ import annotations

from pathlib import Path

from fieldstone.metadata.kinds.published import schema_files

FOLDER = Path(__file__).parents[2] / "docs/reference/schemas"


def test_the_schemas_are_fresh() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert written == schema_files(), (
        "python -m fieldstone.metadata.kinds.published docs/reference/schemas"
    )
