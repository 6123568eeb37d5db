"""The var directory: secrets, what `--fresh` removes, one launcher at a time."""

import os
from pathlib import Path

import pytest

from wificore.devserver import credentials
from wificore.devserver.errors import Misuse
from wificore.devserver.instance import Instance


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = credentials.load_or_create(tmp_path)
    assert credentials.load_or_create(tmp_path) == first
    assert set(first) == set(credentials.MAKERS)
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_is_new_is_added_to_those_that_are_there(tmp_path: Path) -> None:
    first = credentials.load_or_create(tmp_path)
    (tmp_path / "secrets.json").write_text('{"superuser": "kept"}')
    later = credentials.load_or_create(tmp_path)
    assert later["superuser"] == "kept"
    assert set(later) == set(first)


def test_clear_removes_our_data_and_nothing_else(tmp_path: Path) -> None:
    credentials.load_or_create(tmp_path)
    (tmp_path / "postgres-15").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    Instance(tmp_path).clear(keep_secrets=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "notes.txt"]


def test_clear_touches_no_directory_that_was_never_ours(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "diary.txt").write_text("mine")
    Instance(tmp_path).clear(keep_secrets=False)
    assert (tmp_path / "logs" / "diary.txt").exists()


def test_a_pid_file_of_another_program_stops_nothing(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    instance.state.write_text(f'{{"pid": {os.getppid()}}}')
    assert instance.stop_running() is False


def test_the_lock_of_a_dead_launcher_that_does_not_end_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wificore.devserver.instance.LEFTOVER_SECONDS", 0.2)
    with Instance(tmp_path).claim():
        Instance(tmp_path).state.unlink()
        with pytest.raises(Misuse, match="stays locked"), Instance(tmp_path).claim():
            pass
        Instance(tmp_path).state.touch()
