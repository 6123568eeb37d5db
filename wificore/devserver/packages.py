"""Packages of the distribution (FreeRADIUS, PgBouncer, python3-venv); no service is started.

Runs before any package is installed: standard library only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

# Debian's scripts ask this program before they start a service; 101 means "not allowed".
POLICY = Path("/usr/sbin/policy-rc.d")
REFUSE = """\
#!/bin/sh
# Temporary, by WifiCore's bootstrap: packages are installed, nothing starts.
exit 101
"""
LOCK_TIMEOUT_S = 300


class SetupError(Exception):
    """The machine cannot be prepared; the message says what to do."""


def say(text: str) -> None:
    """A line of progress."""
    print(f"bootstrap: {text}", flush=True)


def run(command: Sequence[str]) -> None:
    """Run a program, its output shown.

    Raises:
        SetupError: it failed.
    """
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        raise SetupError(f"failed with exit code {done.returncode}: {' '.join(command)}")


def root_prefix() -> list[str] | None:
    """How to run something as root: nothing needed, passwordless sudo, or None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def install(*names: str) -> None:
    """Install packages with apt-get; no service of the system starts because of it.

    Raises:
        SetupError: no apt-get, no right to use it, or it failed; names the command to run by hand.
    """
    wanted = " ".join(names)
    root = root_prefix()
    if shutil.which("apt-get") is None:
        raise SetupError(f"not a Debian system: install by hand what Debian calls {wanted}")
    if root is None:
        raise SetupError(
            f"neither root nor passwordless sudo: run by hand: sudo apt-get install {wanted}"
        )
    say(f"installing {wanted} (no service is started)")
    with services_stay_down(root):
        if not _apt(root, ["install", *names]):
            say("refreshing the list of packages")
            _apt(root, ["update"])
            if not _apt(root, ["install", *names]):
                raise SetupError(f"apt-get could not install {wanted}: see above")


def disable_service(name: str) -> None:
    """Keep a service we brought in from starting at the next boot."""
    root = root_prefix()
    if root is not None:
        # Works with and without systemd; a machine without it has nothing to disable.
        with contextlib.suppress(OSError):
            subprocess.run([*root, "/usr/sbin/update-rc.d", name, "disable"], capture_output=True)


def _apt(root: Sequence[str], arguments: Sequence[str]) -> bool:
    quiet = ["apt-get", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]
    # The system's own upgrades may be at work.
    quiet += ["-o", f"DPkg::Lock::Timeout={LOCK_TIMEOUT_S}"]
    settings = ["env", "DEBIAN_FRONTEND=noninteractive"]
    # What it unpacks interests nobody; its errors come on stderr.
    command = [*root, *settings, *quiet, *arguments]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


@contextlib.contextmanager
def services_stay_down(root: Sequence[str]) -> Iterator[None]:
    """Put our policy in place for a while; a policy that was there comes back."""
    kept = POLICY.with_name("policy-rc.d.before-wificore")
    had_one = POLICY.exists() and not kept.exists()
    if had_one:
        run([*root, "mv", str(POLICY), str(kept)])
    with tempfile.NamedTemporaryFile("w", suffix=".policy") as draft:
        draft.write(REFUSE)
        draft.flush()
        run([*root, "install", "-m", "0755", draft.name, str(POLICY)])
    try:
        yield
    finally:
        # Also repairs what an interrupted earlier run left behind.
        back = ["mv", str(kept), str(POLICY)] if kept.exists() else ["rm", "-f", str(POLICY)]
        run([*root, *back])
