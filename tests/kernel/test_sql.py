"""Named SQL files are one statement a block, for schemas of ours only."""

from pathlib import Path

import pytest

from wificore.kernel import sql


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some.sql"
    path.write_text(text)
    return path


def test_blocks_become_statements_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, "-- what\n-- name: one\nSELECT 1;\n\n-- name: two\nSELECT 2;\n")
    assert list(sql.load(path)) == ["one", "two"]


def test_the_schema_is_filled_in_as_identifier_and_as_literal() -> None:
    text = sql.render("SELECT {schema_literal} FROM {schema}.t WHERE a = '{}'", "ts_alpha")
    assert text == """SELECT 'ts_alpha' FROM "ts_alpha".t WHERE a = '{}'"""


@pytest.mark.parametrize("name", ["pg_catalog", 'ts_a"; DROP', "ts_", "TS_A", "ts_a\n", ""])
def test_no_other_name_becomes_an_identifier(name: str) -> None:
    with pytest.raises(ValueError, match="not a schema"):
        sql.render("SELECT 1", name)


def test_a_name_used_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;\n")
    with pytest.raises(ValueError, match="twice"):
        sql.load(path)


def test_sql_before_the_first_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before the first"):
        sql.load(written(tmp_path, "SELECT 0;\n-- name: one\nSELECT 1;\n"))
