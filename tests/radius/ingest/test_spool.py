"""Which part of which file comes next."""

import os
import time
from pathlib import Path

import pytest

from radius.ingest.spool import Block, Spool, SpoolTaken, exclusive


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    (tmp_path / "acct").mkdir()
    return Spool(tmp_path, "acct")


def write(spool: Spool, minute: str, data: bytes, age_s: float = 0) -> Path:
    path = spool.directory / f"acct-{minute}.tsv"
    path.write_bytes(data)
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def test_files_are_read_in_the_order_of_their_names(spool: Spool) -> None:
    write(spool, "202601010002", b"later\n")
    write(spool, "202601010001", b"first\n")
    assert spool.next_block(100) == Block("acct-202601010001.tsv", 0, b"first\n")
    spool.positions["acct-202601010001.tsv"] = 6
    assert spool.next_block(100) == Block("acct-202601010002.tsv", 0, b"later\n")


def test_a_line_that_is_not_finished_waits(spool: Spool) -> None:
    path = write(spool, "202601010001", b"one\ntw")
    assert spool.next_block(100) == Block(path.name, 0, b"one\n")
    spool.positions[path.name] = 4
    assert spool.next_block(100) is None
    path.write_bytes(b"one\ntwo\n")
    assert spool.next_block(100) == Block(path.name, 4, b"two\n")


def test_an_older_file_that_still_grows_is_read_on(spool: Spool) -> None:
    path = write(spool, "202601010001", b"one\n")
    write(spool, "202601010002", b"two\n")
    spool.positions = {path.name: 4, "acct-202601010002.tsv": 4}
    path.write_bytes(b"one\nlate\n")
    assert spool.next_block(100) == Block(path.name, 4, b"late\n")


def test_the_backlog_is_what_is_not_applied_of_all_files(spool: Spool) -> None:
    path = write(spool, "202601010001", b"one\n")
    write(spool, "202601010002", b"later\n")
    spool.positions[path.name] = 4
    assert spool.backlog() == 6


@pytest.mark.parametrize("size", [1, 3, 7, 8, 9, 100])
def test_a_block_holds_whole_lines_about_as_many_as_asked(spool: Spool, size: int) -> None:
    write(spool, "202601010001", b"aaa\nbbb\nccc\n")
    block = spool.next_block(size)
    assert block is not None
    assert block.data == b"aaa\nbbb\nccc\n"[: max(4, size // 4 * 4)][: block.end]
    assert block.data.endswith(b"\n")


@pytest.mark.parametrize("data", [b"a\nb\n", b"aaaaaaaa\nb\n", b"a\nbbbbbbbb\n", b"a\nb\nc\n"])
def test_halves_are_whole_lines_and_the_whole_together(data: bytes) -> None:
    first, second = Block("f", 10, data).halves()
    assert first.data + second.data == data
    assert (first.start, first.end, second.end) == (10, second.start, 10 + len(data))
    assert first.lines >= 1
    assert second.lines >= 1


def test_a_file_is_finished_when_it_is_read_replaced_and_quiet(spool: Spool) -> None:
    old = write(spool, "202601010001", b"one\n", age_s=3600)
    assert list(spool.finished()) == []
    newer = write(spool, "202601010002", b"two\n", age_s=3600)
    assert list(spool.finished()) == []
    spool.positions[old.name] = 4
    assert list(spool.finished()) == [(old.name, None)]
    os.utime(old)
    assert list(spool.finished()) == []
    spool.remove(newer.name)


def test_a_finished_file_may_end_in_a_line_cut_short(spool: Spool) -> None:
    old = write(spool, "202601010001", b"one\ntw", age_s=3600)
    write(spool, "202601010002", b"")
    spool.positions[old.name] = 4
    assert list(spool.finished()) == [(old.name, Block(old.name, 4, b"tw"))]


def test_other_files_are_left_alone(spool: Spool) -> None:
    (spool.directory / "notes.txt").write_text("x\n")
    (spool.directory / "acct-2026.tsv").write_text("x\n")
    assert spool.next_block(100) is None


def test_one_ingester_at_a_time(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path),
        pytest.raises(SpoolTaken, match="another ingester"),
        exclusive(tmp_path),
    ):
        pass
    with exclusive(tmp_path):
        pass
