"""`make clean` and `make lock`: they need no virtual environment of ours.

Standard library only.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from wificore.devserver import packages

CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis")
LOCKS = (
    "requirements",
    "requirements-dev",
    "requirements-ldap",
    "requirements-node",
    "requirements-services",
)


def clean(root: Path, _arguments: Sequence[str]) -> int:
    """Remove what can be made again: .venv, caches, logs, test clusters. Data in var/ stays."""
    python = root / ".venv" / "bin" / "python"
    if python.exists():
        subprocess.run([python, "-m", "wificore.devserver", "stop"], cwd=root, check=False)
    for path in [root / ".venv", root / "var" / "test", root / "var" / "logs"]:
        shutil.rmtree(path, ignore_errors=True)
    for path in [*(root / name for name in CACHES), *root.rglob("__pycache__")]:
        shutil.rmtree(path, ignore_errors=True)
    print("clean: done; the database in var/ is kept (`make run FRESH=1` starts with a new one)")
    return 0


def lock(root: Path, arguments: Sequence[str]) -> int:
    """Write the lock files anew from requirements*.in, with hashes, for Python 3.11 and later."""
    uv = [shutil.which("uv") or _private_uv(root)]
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"]
    for name in LOCKS:
        packages.say(f"locking {name}.in")
        files = [f"{name}.in", "-o", f"{name}.txt"]
        command = [*uv, "pip", "compile", "--quiet", *options, *arguments, *files]
        subprocess.run(command, cwd=root, check=True)
    return 0


def _private_uv(root: Path) -> str:
    """uv in an environment of its own, where the machine has none."""
    place = root / "var" / "lock-tools"
    if not (place / "bin" / "uv").exists():
        packages.run([sys.executable, "-m", "venv", str(place)])
        packages.run([str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"])
    return str(place / "bin" / "uv")


VERBS: dict[str, Callable[[Path, Sequence[str]], int]] = {"clean": clean, "lock": lock}
