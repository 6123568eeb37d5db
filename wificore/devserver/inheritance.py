"""How children are started: own session, default signals, and a belt against becoming orphans."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: int) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `number` to the child when the launcher dies (prctl(2)).

    Only a belt: a program that changes its credentials loses it, and it does not reach
    grandchildren. The guardian is what the launcher relies on. The launcher has one thread, so
    running Python between fork and exec is safe.
    """
    parent = os.getpid()

    def prepare() -> None:
        # A shell that runs `make run &` ignores SIGINT, and children inherit that over exec.
        for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(ignored, signal.SIG_DFL)
        _libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
