"""The catalogue of this area, compiled in memory: what pages say without the build's .mo files."""

from __future__ import annotations

import gettext
import io

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from fieldstone.kernel.i18n import CATALOGUES


def ours(locale: str) -> gettext.NullTranslations:
    with (CATALOGUES / locale / "ui.po").open("rb") as source:
        catalogue = read_po(source, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
