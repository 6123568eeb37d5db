"""A spool directory: which file to read next, from where, and which are finished.

FreeRADIUS begins a new file every minute; a slow request may still write to the one before. So
every file keeps a checkpoint of its own, and goes when a newer one exists and it has been quiet.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Longer than FreeRADIUS keeps a request (max_request_time 30 s) or an idle file open (30 s).
QUIET_S = 60.0
NEWLINE = b"\n"


class SpoolTaken(RuntimeError):
    """Another ingester works on this spool."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of one file: `data` lies at octets `start` to `end`."""

    file: str
    start: int
    data: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.data)

    @property
    def lines(self) -> int:
        return self.data.count(NEWLINE)

    def halves(self) -> tuple["Block", "Block"]:
        """Two blocks of whole lines; call it with two lines or more."""
        cut = self.data.rfind(NEWLINE, 0, len(self.data) // 2) + 1
        if cut == 0:
            cut = self.data.index(NEWLINE) + 1
        return (
            Block(self.file, self.start, self.data[:cut]),
            Block(self.file, self.start + cut, self.data[cut:]),
        )


class Spool:
    """The files of one kind of record, in name order."""

    def __init__(self, directory: Path, name: str, quiet_s: float = QUIET_S) -> None:
        self.directory = directory / name
        self.name = name
        self._quiet_s = quiet_s
        self._pattern = re.compile(rf"{name}-[0-9]{{12}}\.tsv")
        self.positions: dict[str, int] = {}

    def files(self) -> list[os.DirEntry[str]]:
        """The spool's files, oldest first."""
        with os.scandir(self.directory) as entries:
            mine = [entry for entry in entries if self._pattern.fullmatch(entry.name)]
        return sorted(mine, key=lambda entry: entry.name)

    def next_block(self, size: int) -> Block | None:
        """The next whole lines that are not applied yet, about `size` octets at most."""
        for entry in self.files():
            start = self.positions.get(entry.name, 0)
            if entry.stat().st_size > start and (data := self._lines(entry.name, start, size)):
                return Block(entry.name, start, data)
        return None

    def backlog(self) -> int:
        """How many octets are not applied yet."""
        return sum(
            max(0, entry.stat().st_size - self.positions.get(entry.name, 0))
            for entry in self.files()
        )

    def _lines(self, file: str, start: int, size: int) -> bytes:
        with (self.directory / file).open("rb") as stream:
            stream.seek(start)
            data = stream.read(size)
            end = data.rfind(NEWLINE) + 1
            # A line longer than `size` cannot come from FreeRADIUS; read it whole all the same.
            return data[:end] if end or len(data) < size else data + stream.readline()

    def finished(self) -> Iterator[tuple[str, Block | None]]:
        """Files that a newer one replaced and nobody writes to: name, and a line cut short."""
        for entry in self.files()[:-1]:
            status = entry.stat()
            if time.time() - status.st_mtime < self._quiet_s:
                continue
            position = self.positions.get(entry.name, 0)
            if status.st_size <= position:
                yield entry.name, None
            elif not self._lines(entry.name, position, status.st_size):
                yield entry.name, Block(entry.name, position, self._rest(entry.name, position))

    def _rest(self, file: str, start: int) -> bytes:
        with (self.directory / file).open("rb") as stream:
            stream.seek(start)
            return stream.read()

    def remove(self, file: str) -> None:
        (self.directory / file).unlink(missing_ok=True)
        self.positions.pop(file, None)


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Hold the spools of this directory alone; the lock goes with the process.

    Raises:
        SpoolTaken: another process holds it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".ingester.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SpoolTaken(f"another ingester works on {directory}: stop it first") from None
        yield
