"""Stand-in for manage.py: the launcher's side of every command, without Django."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

DEMO = {
    "platform": {
        "host": "platform.localhost",
        "email": "root@example.com",
        "password": "pw-root",
        "token": "token-root",
    },
    "tenants": [
        {
            "slug": "acme",
            "schema": "ts_acme",
            "host": "acme.localhost",
            "owner": {"email": "owner@acme.example", "password": "pw-acme", "token": "t"},
            "nas": [{"ip": "127.0.1.1", "secret": "s3cret", "coa_port": 3799}],
            "subscribers": [{"username": "amina", "password": "pw-amina", "plan": "1 hour"}],
        }
    ],
}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def once(verb: str, arguments: list[str]) -> None:
    say(f"{verb}: done")
    if verb == "demo":
        Path(arguments[arguments.index("--out") + 1]).write_text(json.dumps(DEMO))
    if verb == "migrate":
        seen = {name: value for name, value in os.environ.items() if "URL" in name}
        Path(os.environ["VAR_DIR"], "migrate.env").write_text(json.dumps(seen))


def forever(verb: str) -> None:
    """A worker with a child of its own, which a careless stop would leave behind."""
    Path(os.environ["VAR_DIR"], f"{verb}.env").write_text(json.dumps(dict(os.environ)))
    child = subprocess.Popen(["sleep", "1000"])
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    say(f"{verb} ready")
    while True:
        time.sleep(0.05)
        if (Path(os.environ["VAR_DIR"]) / f"{verb}.die").exists():
            for number in range(30):
                say(f"last words {number}")
            child.kill()
            sys.exit(7)


if __name__ == "__main__":
    if sys.argv[1] in ("migrate", "demo", "freeradius_render"):
        once(sys.argv[1], sys.argv[2:])
    else:
        forever(sys.argv[1])
