"""manage.py subscribers_import: the same import on a terminal."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.conftest import World
from tests.radius.imports.conftest import STAGED, checks, counts, csv_file


def run(path: Path, *options: str, tenant: str = "alpha") -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "subscribers_import", "--tenant", tenant, str(path), *options, stdout=out, stderr=err
    )
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(csv_file("amina,pw,Daily,,,,", "brian,pw,Daily,,,,"))
    return path


def test_it_imports_and_says_how_many(world: World, daily: Any, file: Path) -> None:
    out, err = run(file)
    assert out == "2 created, 0 updated\n"
    assert "2/2" in err
    assert checks(world.alpha, "brian") == {"Cleartext-Password": "pw"}
    assert counts(world.alpha, *STAGED, "radcompiled") == [0, 0, 2]


def test_a_dry_run_changes_nothing(world: World, daily: Any, file: Path) -> None:
    assert run(file, "--dry-run")[0] == "2 would be created, 0 updated\n"
    assert counts(world.alpha, "radius_subscriber", *STAGED) == [0, 0, 0]


def test_bad_rows_end_it_with_code_2(world: World, file: Path) -> None:
    with pytest.raises(CommandError, match="2 of 2 rows are bad") as caught:
        run(file)
    assert caught.value.returncode == 2
    assert counts(world.alpha, "radius_subscriber", *STAGED) == [0, 0, 0]


def test_a_file_that_cannot_be_read_ends_it_with_code_2(world: World, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    for path in (empty, tmp_path / "nowhere.csv"):
        with pytest.raises(CommandError) as caught:
            run(path)
        assert caught.value.returncode == 2


def test_an_unknown_tenant_is_refused(world: World, file: Path) -> None:
    with pytest.raises(CommandError, match="no tenant"):
        run(file, tenant="nobody")
