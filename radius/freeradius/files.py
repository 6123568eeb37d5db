"""Files that another process may be reading: they appear whole, or not at all."""

import os
from pathlib import Path


def write_private(path: Path, content: str, mode: int) -> None:
    """Write beside the path and rename over it; `mode` from the first byte on.

    The modification time is the rename's or later, never the first byte's: FreeRADIUS compares it
    with the time at which it read the file, and would else take a file that was written before and
    renamed after its look for the one it has already seen.
    """
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
    temporary.replace(path)
    os.utime(path)
