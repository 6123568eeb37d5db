""".venv with the locked packages, made once and renewed when a lock file changes.

Runs before any package is installed: standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from wificore.devserver import packages

SUPPORTED = ((3, 11), (3, 13))


class VirtualEnvironment:
    """A directory such as `.venv`.

    A stamp per lock file holds the hash of what is installed, so a second start installs nothing.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.python = directory / "bin" / "python"

    def ready(self, lock: Path) -> bool:
        """Whether exactly this lock file is installed."""
        stamp = self._stamp(lock)
        return self.python.exists() and stamp.exists() and stamp.read_text() == _digest(lock)

    def install(self, locks: Sequence[Path]) -> None:
        """Bring the environment up to these lock files; says what it does, nothing if ready."""
        missing = [lock for lock in locks if not self.ready(lock)]
        if not missing:
            return
        if not self._usable():
            self._create()
        for lock in missing:
            packages.say(f"installing {lock.name} into {self.directory.name}")
            self._stamp(lock).unlink(missing_ok=True)
            packages.run([*self._installer(), "--require-hashes", "-r", str(lock)])
            self._stamp(lock).write_text(_digest(lock))

    def _stamp(self, lock: Path) -> Path:
        return self.directory / f".installed-{lock.stem}"

    def _usable(self) -> bool:
        """An interpreter that was upgraded or removed leaves a broken environment behind."""
        code = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        try:
            return subprocess.run([self.python, "-c", code], check=False).returncode == 0
        except OSError:
            return False

    def _create(self) -> None:
        packages.say(f"making {self.directory.name} with Python {sys.version.split()[0]}")
        shutil.rmtree(self.directory, ignore_errors=True)
        uv = shutil.which("uv")
        if uv:
            packages.run([uv, "venv", "--quiet", "--python", sys.executable, str(self.directory)])
            return
        if importlib.util.find_spec("ensurepip") is None:
            # Debian splits pip's seed from the interpreter.
            packages.install(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
        packages.run([sys.executable, "-m", "venv", str(self.directory)])

    def _installer(self) -> list[str]:
        uv = shutil.which("uv")
        if uv:
            # Compiled as pip does it: where PYTHONDONTWRITEBYTECODE is set, nobody does it later,
            # and each of a stack's dozen processes starts with three seconds of compiling.
            here = ["--python", str(self.python)]
            return [uv, "pip", "install", "--quiet", "--compile-bytecode", *here]
        return [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def ensure_supported_python(arguments: Sequence[str]) -> None:
    """Go on with a supported interpreter: this one, or another one from PATH in its place."""
    if SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        return
    for minor in range(SUPPORTED[1][1], SUPPORTED[0][1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            command = [other, "-m", "wificore.devserver.bootstrap", *arguments]
            os.execv(other, command)  # the same program by another Python
    here = sys.version.split()[0]
    raise packages.SetupError(f"Python 3.11 to 3.13 is needed, this is {here}: install python3.11")
