"""Records that cannot be applied: kept in a file a day, each with its reason, never dropped.

A line of the file is the reason, a tab, and the spool's line as it was, so that it can be put back.
Written before the checkpoint moves on: a crash in between may keep a record twice, never lose it.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path


def keep(directory: Path, spool: str, refused: Iterable[tuple[bytes, str]]) -> None:
    """Append records to today's file of the spool, and wait until the disk has them."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{spool}-{datetime.now(UTC):%Y%m%d}.tsv"
    with path.open("ab") as stream:
        for line, reason in refused:
            stream.write(" ".join(reason.split()).encode() + b"\t" + line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
