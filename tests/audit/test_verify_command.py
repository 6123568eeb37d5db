"""`manage.py audit_verify`: exit codes, words and JSON."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.audit.conftest import Trail, day_of


def verify(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("audit_verify", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def test_the_command_says_clean_and_how_far(trail: Trail, sealed: list[int]) -> None:
    trail.write(1, age_s=0)
    code, text = verify("--tenant", "alpha")
    assert code == 0
    assert "ts_alpha: 3 seals, 6 rows, sealed up to 20" in text
    assert ": clean" in text
    assert "not yet sealed: 1 rows" in text


def test_the_command_ends_with_1_and_names_what_it_found(trail: Trail, sealed: list[int]) -> None:
    trail.sql("UPDATE {}.audit_entry SET reason = 'x' WHERE id = %s", sealed[0])
    code, text = verify("--all")
    assert code == 1
    assert f"row {sealed[0]} of {day_of(trail, sealed[0])} was changed" in text
    assert "public: " in text
    assert "ts_beta: 0 seals, 0 rows, no seal yet: clean" in text
    assert verify("--tenant", "beta")[0] == 0
    assert verify("--platform")[0] == 0


def test_the_command_speaks_json_and_shows_progress_beside_it(
    trail: Trail, sealed: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    trail.sql("DELETE FROM {}.audit_entry WHERE id = %s", sealed[0])
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit_verify", "--tenant", "alpha", "--json", stdout=out)
    (report,) = json.loads(out.getvalue())
    assert (report["schema"], report["rows"]) == ("ts_alpha", 5)
    assert [found["code"] for found in report["findings"]] == ["row_missing"]
    assert "ts_alpha, days [" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--tenant", "nobody"),
        ("--platform", "--since", "yesterday"),
        ("--platform", "--expect", "41"),
        ("--platform", "--expect", "0:" + "00" * 32),
        ("--all", "--expect", "1:" + "00" * 32),
    ],
)
@pytest.mark.usefixtures("world")
def test_wrong_arguments_end_with_2(arguments: tuple[str, ...]) -> None:
    assert verify(*arguments)[0] == 2
