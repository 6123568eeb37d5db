#!/usr/bin/env python
"""Entry point of every management command; nothing else lives here."""

import os
import sys

from django.core.management import execute_from_command_line

from wificore.kernel.env import EnvError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wificore.settings.dev")
    try:
        execute_from_command_line(sys.argv)
    except EnvError as error:
        sys.stderr.write(f"error: {error}\n(`make run` sets all of it, also for this command)\n")
        sys.exit(2)
