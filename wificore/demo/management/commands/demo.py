"""`manage.py demo`: the two demo tenants, and the file that says how to reach them."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from wificore.demo.build import build, read


class Command(BaseCommand):
    help = "Create the demo tenants (or what is missing of them) and write their logins to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="JSON file, mode 0600")

    def handle(self, *_args: Any, out: Path, **_options: Any) -> None:
        demo = build(read(out))
        fresh = out.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(demo, indent=2), encoding="utf-8")
        fresh.replace(out)
        for tenant in demo["tenants"]:
            self.stdout.write(f"demo tenant {tenant['slug']} at {tenant['host']}")
