"""Loads SQL from named files: each `-- name:` block is one statement.

    -- name: create_radcheck
    -- One line that says what it is.
    CREATE TABLE {schema}.radcheck (...);

`{schema}` becomes the quoted identifier of the schema, `{schema_literal}` its quoted literal;
no other brace is touched, so PL/pgSQL bodies are written as they are.
"""

import re
from functools import cache
from pathlib import Path

SCHEMA_NAME = re.compile(r"^(public|ts_[a-z0-9_]{1,40})$")
BLOCK = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)


@cache
def load(path: Path) -> dict[str, str]:
    """The statements of one file by name, in the file's order.

    Raises:
        ValueError: the file has text before its first block, or one name twice.
    """
    head, *parts = BLOCK.split(path.read_text(encoding="utf-8"))
    if any(line.strip() and not line.startswith("--") for line in head.splitlines()):
        raise ValueError(f"{path.name}: SQL before the first '-- name:' line")
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{path.name}: a statement name is used twice")
    return {name: body.strip() for name, body in zip(names, bodies, strict=True)}


def render(statement: str, schema: str) -> str:
    """One statement with its schema filled in.

    Raises:
        ValueError: the name is not one of ours, so it may not become an identifier.
    """
    if not SCHEMA_NAME.fullmatch(schema):
        raise ValueError(f"not a schema of this platform: {schema!r}")
    quoted = statement.replace("{schema}", f'"{schema}"')
    return quoted.replace("{schema_literal}", f"'{schema}'")


def statements(path: Path, schema: str) -> list[str]:
    """All statements of a file, rendered for one schema, in order."""
    return [render(statement, schema) for statement in load(path).values()]
