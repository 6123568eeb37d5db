"""What /proc says about processes: identity (pid and start time), session, working directory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Stat:
    """One line of /proc/<pid>/stat, cut down to what tells processes apart."""

    pid: int
    command: str
    state: str
    parent: int
    session: int
    start: int
    """Clock ticks since boot: with the pid it names one process for ever."""

    @property
    def dead(self) -> bool:
        """A zombie runs nothing; whoever adopted it may never collect it."""
        return self.state in "ZX"


def stat(pid: int) -> Stat | None:
    """The process with this pid, or None."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command is in parentheses and may itself hold blanks and parentheses (proc(5)).
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    state, parent, session, start = fields[0], int(fields[1]), int(fields[3]), int(fields[19])
    return Stat(pid, head.partition("(")[2], state, parent, session, start)


def start_time(pid: int) -> int:
    """Start time of a process that is known to exist, 0 if it is gone already."""
    found = stat(pid)
    return found.start if found else 0


def alive(pid: int, start: int) -> bool:
    """Whether this very process (not a later one with the same pid) still runs."""
    found = stat(pid)
    return found is not None and found.start == start and not found.dead


def processes() -> Iterator[Stat]:
    """All living processes."""
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            found = stat(int(entry.name))
            if found is not None and not found.dead:
                yield found


def working_directory(pid: int) -> str | None:
    try:
        return str((PROC / str(pid) / "cwd").readlink())
    except OSError:
        return None


def command_line(pid: int) -> list[str]:
    """The arguments of a process; empty if it is gone."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode(errors="replace") for part in raw.split(b"\0") if part]
