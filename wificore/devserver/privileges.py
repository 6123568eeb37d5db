"""PostgreSQL refuses to run as root; here is how root runs it all the same.

First choice is a user namespace in which root has an ordinary user's number: files stay root's
outside, nothing has to be chowned. Where the kernel or a container forbids that, the programs run
as an unprivileged account, which then owns the data directory.
"""

import functools
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wificore.devserver.errors import Misuse

ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Runner:
    """How to run a program that refuses root."""

    prefix: tuple[str, ...] = ()
    account: pwd.struct_passwd | None = None
    """The account that must own the files; None: whoever runs the launcher."""

    def command(self, *arguments: str) -> list[str]:
        return [*self.prefix, *arguments]

    def own(self, path: Path) -> None:
        """Give the account what it must own; also takes back what an earlier way of running gave.

        A directory that is owned already is taken to be so throughout.
        """
        uid, gid = (self.account.pw_uid, self.account.pw_gid) if self.account else (0, 0)
        if os.geteuid() != 0 or path.stat().st_uid == uid:
            return
        for item in [path, *path.rglob("*")]:
            os.chown(item, uid, gid)

    def require_reach(self, program: str, directory: Path) -> None:
        """Check that the program runs and that the directory can be entered.

        Raises:
            Misuse: names what is out of reach for the account.
        """
        if self.account is None:
            return
        for probe in ([program, "--version"], ["test", "-x", str(directory)]):
            if not _works(self.command(*probe)):
                raise Misuse(
                    f"PostgreSQL refuses to run as root, and the account {self.account.pw_name!r} "
                    f"cannot reach {probe[0] if probe[0] == program else directory}: run as an "
                    "ordinary user, or move the checkout to a directory that others may enter"
                )


@functools.cache
def runner() -> Runner:
    """The way that works on this machine.

    Raises:
        Misuse: we are root and nothing works.
    """
    if os.geteuid() != 0:
        return Runner()
    account = _account()
    uid, gid = str(account.pw_uid), str(account.pw_gid)
    namespace = ("unshare", "--user", f"--map-user={uid}", f"--map-group={gid}", "--")
    if _works([*namespace, "true"]):
        return Runner(namespace)
    lowered = ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--")
    if _works([*lowered, "true"]):
        return Runner(lowered, account)
    raise Misuse(
        "PostgreSQL refuses to run as root, and neither `unshare --user` nor `setpriv` works here: "
        "run as an ordinary user, or give an external server with DATABASE_URL"
    )


def _account() -> pwd.struct_passwd:
    """An account other than root; initdb wants one that has a name."""
    by_name = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    found = next((by_name[name] for name in ACCOUNTS if name in by_name), None)
    found = found or next(iter(by_name.values()), None)
    if found is None:
        raise Misuse("PostgreSQL refuses to run as root, and there is no other account: add one")
    return found


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
