"""The loop of the process `radius-clients`: the registry, about once a second, into client files.

A database that is away changes nothing: the files stay, and so do the routers.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event

from radius.freeradius.clients import Changes, Router, sync

INTERVAL = 1.0
LONGEST_PAUSE = 15.0

Load = Callable[[], Iterable[Router]]
Report = Callable[[str], None]


def watch(load: Load, directory: Path, stop: Event, report: Report) -> None:
    """Sync until `stop` is set; "ready" is reported once, after the first sync.

    Args:
        load: reads the whole registry; any exception is an outage, tried again after a pause that
            doubles from one second to fifteen.
        report: takes one line of text for the log.
    """
    ready = False
    pause = INTERVAL
    refused: tuple[str, ...] = ()
    while not stop.is_set():
        try:
            changes = sync(directory, load())
        except Exception as error:  # noqa: BLE001 - whatever it is, the files on disk are still right
            report(f"registry not read, trying again in {pause:.0f} s: {_first_line(error)}")
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = INTERVAL
        _report_changes(changes, refused, report)
        refused = changes.refused
        if not ready:
            ready = True
            report("ready")
        stop.wait(INTERVAL)


def _report_changes(changes: Changes, refused_before: tuple[str, ...], report: Report) -> None:
    if changes.written:
        report(f"written: {', '.join(changes.written)}")
    if changes.deleted:
        report(f"deleted: {', '.join(changes.deleted)}")
    for refusal in changes.refused:
        if refusal not in refused_before:
            report(f"refused: {refusal}")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
