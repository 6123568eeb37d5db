"""A small process that stops everything when the launcher dies, even by `kill -9`.

The launcher tells it over a pipe what was started. The pipe's other end is open nowhere else, so
end of file means: the launcher is gone. After a clean stop there is nothing left to do. The
guardian lives in a session of its own and ignores the terminal's signals.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from wificore.devserver import stopping

ROOT = Path(__file__).resolve().parents[2]


class Guardian:
    """The launcher's end of the pipe."""

    def __init__(self, log: Path, keep_open: Sequence[int] = ()) -> None:
        """Start the guardian.

        Args:
            log: file for what it says.
            keep_open: file descriptors it holds while it lives, such as the launcher's lock.
        """
        # The last argument is not read: it tells in `ps` whose guardian this is.
        command = [sys.executable, "-m", "wificore.devserver.guardian", str(log.parent)]
        reader, writer = os.pipe()
        self.pipe = os.fdopen(writer, "wb")
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=reader,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=tuple(keep_open),
            )
        os.close(reader)

    def running(self) -> bool:
        return self.process.poll() is None

    def watch(self, target: stopping.Target) -> None:
        self._say({"watch": target.to_json()})

    def forget(self, pid: int) -> None:
        self._say({"forget": pid})

    def remove_file(self, path: Path) -> None:
        """Have a file removed at the end, such as one that says the stack is up."""
        self._say({"remove": str(path)})

    def close(self) -> None:
        """Let it see the end of file; it ends when all it watches is gone."""
        with contextlib.suppress(BrokenPipeError):
            self.pipe.close()
        self.process.wait()

    def _say(self, message: dict[str, Any]) -> None:
        # Its death is noticed and handled by the supervisor.
        with contextlib.suppress(BrokenPipeError):
            self.pipe.write(json.dumps(message).encode() + b"\n")
            self.pipe.flush()


def main(messages: IO[str]) -> None:
    """Remember what is told until the pipe ends, then stop what still runs, newest first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    targets: dict[int, stopping.Target] = {}
    files: list[Path] = []
    for line in messages:
        if not line.endswith("\n"):
            break  # the launcher was killed in the middle of a line
        message = json.loads(line)
        if "watch" in message:
            target = stopping.Target.from_json(message["watch"])
            targets[target.pid] = target
        elif "forget" in message:
            targets.pop(message["forget"], None)
        elif "remove" in message:
            files.append(Path(message["remove"]))
    stopping.stop_all(list(targets.values()))
    for path in files:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    os.chdir("/")
    main(sys.stdin)
