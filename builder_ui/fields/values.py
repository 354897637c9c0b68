"""The values of a picklist or value set: read from the form, and laid out for editing.

Rows of the form are `v.<n>.…` in the order in which they stand on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from fieldstone.kernel.ids import derive_api_name
from fieldstone.metadata.codec import ORDER_STEP, ordered
from fieldstone.metadata.kinds.base import COLOR
from fieldstone_builder.checks import Faults
from fieldstone_builder.contexts import ChoiceView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.contexts import ValueRow, ValuesView
from fieldstone_builder.inputs import chosen, languages, ticked, typed, typed_text
from fieldstone_builder.objects.form import color_words

Body = Mapping[str, Any]
PATTERN = "__n__"
MOST = 1000
_HAN = re.compile(r"[\u3400-\u9fff]")
_ROW = re.compile(r"^v\.(\d{1,6})\.")
PALETTE = ("blue", "teal", "purple", "orange", "green", "pink", "cyan", "amber", "red", "gray")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value as it stands in the form. `index` names its inputs."""

    index: str
    code: str
    label: Mapping[str, str] = field(default_factory=dict)
    color: str = ""
    active: bool = True
    default: bool = False
    removed: bool = False
    when: tuple[str, ...] = ()
    limited: bool = False
    """`when` holds, even if it lists nothing."""

    @property
    def blank(self) -> bool:
        """A row that nobody has filled in."""
        return not self.label and not self.code


def blank_rows(count: int) -> tuple[Value, ...]:
    """To begin a new list with."""
    return tuple(Value(index=str(n), code="", color=PALETTE[n]) for n in range(count))


def values_of(body: Body) -> tuple[Value, ...]:
    """From a document."""
    return tuple(
        Value(
            index=str(index),
            code=code,
            label=item.get("label") or {},
            color=str(item.get("color") or "gray"),
            active=item.get("active", True) is not False,
            default=bool(item.get("default")),
            removed=bool(item.get("deleted")),
            when=tuple(item.get("when") or ()),
            limited="when" in item,
        )
        for index, (code, item) in enumerate(ordered(body.get("values")))
    )


def read_values(
    form: FormData, current: Body, controlling: Sequence[str] | None
) -> tuple[Value, ...]:
    """From the form, and what was pasted into it. `controlling` are the codes that decide which
    values can be chosen; None when the form asks for no such mapping."""
    known = current.get("values") or {}
    rows = [_read(form, index, known, controlling) for index in _indexes(form)]
    if typed(form, "v_paste"):
        rows = [each for each in rows if not each.blank]
    start = max((int(each.index) for each in rows), default=-1) + 1
    there = [dict(each.label) for each in rows]
    lines = [line for line in pasted_lines(typed(form, "v_paste")) if line not in there]
    for offset, line in enumerate(lines):
        rows.append(Value(index=str(start + offset), code="", label=line, color=_next(rows)))
    return with_codes(rows[:MOST])


def _indexes(form: FormData) -> list[str]:
    """In the order of the page."""
    found = (match.group(1) for name in form if (match := _ROW.match(name)))
    return list(dict.fromkeys(found))


def _read(form: FormData, index: str, known: Body, controlling: Sequence[str] | None) -> Value:
    at = f"v.{index}"
    code = typed(form, f"{at}.code")
    old = known.get(code) or {}
    color = typed(form, f"{at}.color")
    when, limited = tuple(old.get("when") or ()), "when" in old
    if controlling is not None and ticked(form, f"{at}.mapped"):
        when = tuple(chosen(form, f"{at}.when"))
        limited = set(when) != set(controlling)
    return Value(
        index=index,
        code=code,
        label={code: text for code, text in typed_text(form, f"{at}.label").items() if text},
        color=color if color in COLOR["enum"] else "gray",
        active=not ticked(form, f"{at}.inactive"),
        default=ticked(form, f"{at}.default"),
        removed=ticked(form, f"{at}.removed"),
        when=when,
        limited=limited,
    )


def pasted_lines(text: str) -> list[dict[str, str]]:
    """A value a line; a tab stands between two languages: 高<tab>High."""
    found = []
    for line in text.splitlines()[:MOST]:
        parts = [part.strip()[:200] for part in line.split("\t") if part.strip()]
        label: dict[str, str] = {}
        for part in parts[:2]:
            label.setdefault("zh_CN" if _HAN.search(part) else "en", part)
        if label:
            found.append(label)
    return found


def _next(rows: Sequence[Value]) -> str:
    return PALETTE[len(rows) % len(PALETTE)]


def with_codes(rows: Iterable[Value]) -> tuple[Value, ...]:
    """Values without a code get one from their label."""
    rows = list(rows)
    taken = {each.code for each in rows if each.code}
    found = []
    for each in rows:
        code = each.code or ("" if each.blank else _derived(each, taken))
        taken.add(code)
        found.append(replace(each, code=code))
    return tuple(found)


def _derived(value: Value, taken: set[str]) -> str:
    text = value.label.get("en") or next(iter(value.label.values()), "")
    return derive_api_name(text, taken) or _numbered(taken)


def _numbered(taken: set[str]) -> str:
    number = 1
    while f"v{number}" in taken:
        number += 1
    return f"v{number}"


def document(rows: Sequence[Value], current: Body, published: Body) -> dict[str, Any]:
    """The `values` of the document. One that is published stays when it is taken away, hidden."""
    known = current.get("values") or {}
    there = published.get("values") or {}
    kept = [each for each in rows if not each.blank and (not each.removed or each.code in there)]
    orders = _orders([(known.get(each.code) or {}).get("order") for each in kept])
    found: dict[str, Any] = {}
    for each, order in zip(kept, orders, strict=True):
        item = {**(known.get(each.code) or {}), "label": dict(each.label), "order": order}
        item = _set(item, "color", _color(each.color, item))
        item = _set(item, "default", each.default and not each.removed)
        item = _set(item, "deleted", each.removed)
        item = _set(item, "active", None if each.active else False)
        found[each.code] = _set(item, "when", list(each.when) if each.limited else None)
    return found


def _color(chosen: str, item: Body) -> str | None:
    """Gray is what a value without a colour is shown in."""
    return None if chosen == "gray" and "color" not in item else chosen


def _orders(known: Sequence[float | None]) -> list[float]:
    """The numbers stay as they are while they still tell the order; else all are dealt anew."""
    found: list[float] = []
    for each in known:
        last = found[-1] if found else 0
        following = last + ORDER_STEP if each is None else each
        if following <= last:
            return [float(step * ORDER_STEP) for step in range(1, len(known) + 1)]
        found.append(following)
    return found


def _set(item: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The item with the key, or without it when the value says nothing."""
    if value is None or (value is False and key != "active") or value == "":
        return {name: held for name, held in item.items() if name != key}
    return {**item, key: value}


def values_view(
    desk: Desk,
    rows: Sequence[Value],
    published: Body,
    faults: Faults,
    **more: Any,
) -> ValuesView:
    """`more`: `controlling` (label, [(code, label)]) of the field that decides, `uses_url`,
    `one_default`."""
    deciding, options = more.get("controlling") or ("", ())
    there = published.get("values") or {}
    return ValuesView(
        rows=tuple(
            replace(_row(desk, each, options, faults), known=each.code in there) for each in rows
        ),
        pattern=_row(desk, Value(index=PATTERN, code="", color="blue"), options, faults),
        colors=tuple(
            ChoiceView(value=name, label=label) for name, label in color_words(desk).items()
        ),
        uses_url=str(more.get("uses_url") or ""),
        controlling=deciding,
        one_default=bool(more.get("one_default", True)),
        problems=faults.at("values"),
    )


def _row(desk: Desk, value: Value, options: Sequence[tuple[str, str]], faults: Faults) -> ValueRow:
    words = {"zh_CN": desk.say("In Chinese"), "en": desk.say("In English")}
    own = desk.words.code
    return ValueRow(
        index=value.index,
        code=value.code,
        labels=tuple(
            InputView(
                name=f"v.{value.index}.label.{code}",
                label=words[code],
                values=(("", str(value.label.get(code, ""))),),
                max_length=200,
            )
            for code in languages(desk)
        ),
        color=value.color or "gray",
        active=value.active,
        default=value.default,
        removed=value.removed,
        when=tuple(
            ChoiceView(value=code, label=label, chosen=not value.limited or code in value.when)
            for code, label in options
        ),
        problems=faults.below(f"v.{value.index}."),
        use=use_id(value.code),
        shown=value.label.get(own) or next(iter(value.label.values()), value.code),
    )


def use_id(code: str) -> str:
    return "use-" + re.sub(r"[^A-Za-z0-9]", "-", code)
