"""The page of all settings, made from the settings themselves.

python -m fieldstone.kernel.settings_reference > docs/reference/settings.md"""

from __future__ import annotations

import sys

from fieldstone.kernel.settings import Settings


def page() -> str:
    """Markdown; one row a setting, in the order of the class."""
    lines = [
        "# Settings",
        "",
        "Environment variables. This page is generated.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        lines.append(f"| `FIELDSTONE_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
