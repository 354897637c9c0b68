"""What our code says to people: message ids in Python and templates, and error codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from architecture.source_tree import ROOT, calls_in, python_files, tree_of
from jinja2 import Environment
from jinja2.ext import extract_from_ast

TEXT_ARGUMENT = {
    "_": 0,
    "say": 0,
    "translate": 1,
    "InstallationError": 0,
    "EmbeddedServerError": 0,
}
"""Calls whose argument at this place is a message id."""

TEXT_KEYWORD = {"Finding": "what"}
CODE_CALLS = {"BadValue", "Problem"}


def error_classes() -> set[str]:
    """AppError and its children, by name."""
    found = {"AppError"}
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and _bases(node) & found:
                found.add(node.name)
    return found


def _bases(node: ast.ClassDef) -> set[str]:
    return {base.id for base in node.bases if isinstance(base, ast.Name)}


def messages_in_python() -> dict[str, str]:
    """Message id -> where it stands. Ids put together from parts are not seen."""
    found = {}
    for path in python_files():
        for call in calls_in(path):
            for text in _texts(call):
                found[text] = _place(path, call)
    return found


def _texts(call: ast.Call) -> Iterator[str]:
    name = _name(call.func)
    if name == "translate_plural":
        yield from (value for value in map(_literal, call.args[1:3]) if value)
    if name in TEXT_ARGUMENT and len(call.args) > TEXT_ARGUMENT[name]:
        yield from filter(None, [_literal(call.args[TEXT_ARGUMENT[name]])])
    if name in TEXT_KEYWORD:
        named = {word.arg: word.value for word in call.keywords}
        if TEXT_KEYWORD[name] in named:
            yield from filter(None, [_literal(named[TEXT_KEYWORD[name]])])


def messages_in_templates() -> dict[str, str]:
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    found = {}
    for root in ("platform", "builder_ui"):
        for path in sorted((ROOT / root).rglob("*.html")):
            source = path.read_text("utf-8")
            for line, _function, text in extract_from_ast(environment.parse(source)):
                for each in text if isinstance(text, tuple) else (text,):
                    if each:
                        found[each] = f"{path.relative_to(ROOT)}:{line}"
    return found


def codes_in_python() -> dict[str, str]:
    """Error code -> where it stands."""
    errors = error_classes()
    found = {}
    for path in python_files():
        for call in calls_in(path):
            code = _code(call, errors)
            if code:
                found[code] = _place(path, call)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and (node.name in errors):
                found.update(_class_code(path, node))
    return found


def _code(call: ast.Call, errors: set[str]) -> str:
    named = {word.arg: word.value for word in call.keywords}
    first = call.args[0] if call.args else None
    code = _literal(named.get("code") or first)
    if _name(call.func) in CODE_CALLS | errors:
        return code
    if isinstance(call.func, ast.Name) and call.func.id == "problem":
        return code
    if _name(call.func) == "Fault":
        return f"formula.{code.lower()}" if code else ""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "one":
        return _literal(first) if _name(call.func.value) in errors else ""
    return ""


def _class_code(path: Path, node: ast.ClassDef) -> dict[str, str]:
    return {
        _literal(each.value): f"{path.relative_to(ROOT)}:{each.lineno}"
        for each in node.body
        if isinstance(each, ast.Assign) and _name(each.targets[0]) == "code"
    }


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _literal(node: ast.expr | None) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text else ""  # type: ignore[union-attr]  # just checked


def _place(path: Path, node: ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"
