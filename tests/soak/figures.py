"""What a soak run measured, as a page of docs/measurements/."""

import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from wificore.devserver.config import ROOT

PAGES = ROOT / "docs" / "measurements"
PAGE = """\
# {title}

Written by `make soak`; a run replaces it.

| | |
|---|---|
| command | `{command}` |
| date | {date} |
| machine | {machine} |
{rows}"""


def setting(name: str, default: int) -> int:
    """A number from the environment: SOAK_KILLS, SOAK_REQUESTS, SOAK_TENANTS, SOAK_SEED."""
    return int(os.environ.get(name) or default)


def write(
    name: str, title: str, figures: Mapping[str, object], settings: Mapping[str, int]
) -> None:
    """Replace the page `name`."""
    told = " ".join(f"{key}={value}" for key, value in settings.items())
    text = PAGE.format(
        title=title,
        command=f"{told} make soak",
        date=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        machine=machine(),
        rows="".join(f"| {what} | {value} |\n" for what, value in figures.items()),
    )
    PAGES.mkdir(exist_ok=True)
    (PAGES / f"{name}.md").write_text(text)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} x {_processor()}, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {sys.version.split()[0]}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
