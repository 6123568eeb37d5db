"""Development commands beside `make run`: they take the running stack's environment."""

import os
from pathlib import Path

from wificore.kernel.env import adopt_file

ROOT = Path(__file__).resolve().parents[2]
CONFIGURED = ("DATABASE_URL", "DATABASE_URL_FILE")


def adopt_running_stack() -> None:
    """So that `python manage.py ..` works while `make run` runs, unless all is configured."""
    file = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "stack.env"
    if file.exists() and not any(name in os.environ for name in CONFIGURED):
        adopt_file(file)
