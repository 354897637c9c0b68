"""Jinja2 for the pages: one environment a language, macros and widgets at hand, hashed assets.

Knows nothing of records or permissions: a handler passes contexts, this turns them into HTML."""

from __future__ import annotations

import gettext
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fieldstone.kernel.i18n import translations

WEB = Path(__file__).parent
TEMPLATES = WEB / "templates"
STATIC = WEB / "static"
STATIC_URL = "/static/"
HUES = ("blue", "cyan", "teal", "green", "amber", "orange", "red", "purple", "pink", "gray")
UNKNOWN_ICON = "box"
LANGUAGES = {"zh_CN": "zh-CN", "en": "en"}

Catalogue = Callable[[str], gettext.NullTranslations]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """What the front-end build left behind: names as templates say them → hashed file names."""

    files: Mapping[str, str]
    icons: frozenset[str]

    @classmethod
    def load(cls, folder: Path = STATIC) -> Assets:
        """Raises FileNotFoundError when the assets have not been built."""
        manifest = folder / "manifest.json"
        if not manifest.exists():
            raise FileNotFoundError(f"{manifest} is missing: run `npm ci && npm run build` first")
        found = json.loads(manifest.read_text(encoding="utf-8"))
        return cls(files=found["files"], icons=frozenset(found["icons"]))

    def url(self, name: str) -> str:
        return STATIC_URL + self.files[name]

    def icon_url(self, name: str) -> str:
        """An icon that the sprite lacks becomes a plain box: metadata cannot break pages."""
        known = name if name in self.icons else UNKNOWN_ICON
        return f"{self.url('icons.svg')}#{known}"


class Macros:
    """`ui.tag(…)` in a template is the macro `tag` of macros/tag.html. Standing for an import,
    it also works inside a block that is rendered alone."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._found: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self._found:
            module = self._environment.get_template(f"macros/{name}.html").module
            self._found[name] = getattr(module, name)
        return self._found[name]


class Widgets:
    """`widget(field.widget)` gives the macros show, edit, cell and filter of one widget file."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._found: dict[str, Any] = {}

    def __call__(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = self._environment.get_template(f"widgets/{name}.html").module
        return self._found[name]


class Templates:
    """The page templates of some folders, in every language. One for a process."""

    def __init__(
        self,
        folders: Iterable[Path] = (TEMPLATES,),
        *,
        assets: Assets | None = None,
        catalogue: Catalogue = translations,
    ) -> None:
        self._folders = tuple(folders)
        self._assets = assets
        self._catalogue = catalogue
        self._environments: dict[str, Environment] = {}

    def render(self, locale: str, name: str, context: Mapping[str, Any]) -> str:
        return self.environment(locale).get_template(name).render(context)

    def render_block(self, locale: str, name: str, block: str, context: Mapping[str, Any]) -> str:
        """One block of a page, as htmx asks for it. Raises KeyError for an unknown block."""
        template = self.environment(locale).get_template(name)
        return "".join(template.blocks[block](template.new_context(dict(context))))

    def environment(self, locale: str) -> Environment:
        if locale not in self._environments:
            self._environments[locale] = self._build(locale)
        return self._environments[locale]

    def _build(self, locale: str) -> Environment:
        assets = self._assets = self._assets or Assets.load()
        environment = Environment(
            loader=FileSystemLoader(self._folders),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        texts = self._catalogue(locale)
        install = environment.install_gettext_callables  # type: ignore[attr-defined]  # i18n extension
        install(texts.gettext, texts.ngettext, newstyle=True)
        macros = Macros(environment)
        environment.globals.update(
            language=LANGUAGES[locale],
            locale=locale,
            asset=assets.url,
            icon_url=assets.icon_url,
            ui=macros,
            icon=lambda *args, **named: macros.icon(*args, **named),
            widget=Widgets(environment),
        )
        environment.filters.update(hue=hue, number=number, initials=initials, gap=gap)
        return environment


def hue(key: str) -> str:
    """A tag colour that stays with its key: for avatars, by user id or name."""
    return HUES[zlib.crc32(key.encode()) % len(HUES)]


def number(value: int) -> str:
    """1284 → "1,284"; Chinese and English group alike."""
    return f"{value:,}"


def gap(sentence: str) -> str:
    """What stands between this sentence and the next: nothing after a full-width mark."""
    return "" if sentence.rstrip().endswith(("。", "！", "？")) else " "


def initials(name: str) -> str:
    """ "王海峰" → "王", "Lin Xiaoyu" → "LX": one Han character or two Latin letters."""
    words = name.split()
    if not words:
        return "?"
    if not words[0][0].isascii():
        return words[0][0]
    return "".join(word[0] for word in words[:2]).upper()
