"""Every event that the product tells is declared: what it is, and who may see it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wificore.access.codes import CODES
from wificore.kernel.event_kinds import Kind, declare, kind_of, kinds

ROOT = Path(__file__).parents[2]
PRODUCT = ("tenants", "radius", "transactions", "wificore")
TELLING = {"announce", "announce_many", "publish", "publish_many"}
# SQL that publishes names its types as text.
IN_SQL = re.compile(r"'((?:session|login)\.[a-z_]+)'")
WRITTEN = ("created", "updated", "deleted")


def test_every_type_that_the_product_names_is_declared() -> None:
    told = set(_in_python()) | set(_in_sql())
    assert len(told) > 50
    assert sorted(name for name in told if kind_of(name) is None) == []


def test_every_kind_asks_for_a_permission_that_exists() -> None:
    assert [kind.type for kind in kinds() if kind.view not in CODES] == []


def test_a_kind_that_is_not_declared_is_nobodys() -> None:
    assert kind_of("plan.whispered") is None


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match=re.escape("plan.created")):
        declare(Kind("plan.created", "Something else", "radius.nas.view"))
    with pytest.raises(ValueError, match="not an event type"):
        declare(Kind("Plan", "x", "radius.nas.view"))


def _in_python() -> Iterator[str]:
    """Types that calls name: as text, by a variable that holds one, or as the kind of a row."""
    for path in (path for package in PRODUCT for path in (ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text())
        texts = _assigned(tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in TELLING and call.args:
                yield from _types(call.args[0], texts)
            elif name in {"row_save", "row_delete"}:
                for kind in _types(call.args[1], texts):
                    yield from (f"{kind}.{what}" for what in WRITTEN)
            elif name == "_change_state":
                yield from _types(call.args[0], texts)


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _types(node: ast.expr, texts: dict[str, list[ast.expr]]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _types(node.body, texts)
        yield from _types(node.orelse, texts)
    elif isinstance(node, ast.Name):
        for value in texts.pop(node.id, []):
            yield from _types(value, texts)


def _in_sql() -> Iterator[str]:
    for package in PRODUCT:
        for path in (ROOT / package).rglob("*.sql"):
            yield from IN_SQL.findall(path.read_text())
