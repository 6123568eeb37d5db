"""How root runs PostgreSQL, and what is said where that is impossible."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from wificore.devserver import privileges
from wificore.devserver.errors import Misuse

NOBODY = pwd.getpwnam("nobody")


def test_programs_do_not_run_as_root() -> None:
    done = subprocess.run(
        privileges.runner().command("id", "-u"), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() != "0"


def test_an_ordinary_user_needs_no_wrapper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert privileges.runner.__wrapped__() == privileges.Runner()


def test_without_user_namespaces_an_unprivileged_account_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(privileges, "_works", lambda command: command[0] == "setpriv")
    runner = privileges.runner.__wrapped__()
    assert runner.command("postgres")[0] == "setpriv"
    assert runner.account is not None
    assert runner.account.pw_uid != 0


def test_where_nothing_works_root_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(privileges, "_works", lambda _command: False)
    with pytest.raises(Misuse, match="ordinary user"):
        privileges.runner.__wrapped__()


def test_a_directory_that_the_account_cannot_enter_is_named(tmp_path: Path) -> None:
    runner = privileges.Runner(("env",), NOBODY)
    runner.require_reach("true", tmp_path)
    with pytest.raises(Misuse, match="cannot reach /nonexistent"):
        runner.require_reach("true", Path("/nonexistent"))
