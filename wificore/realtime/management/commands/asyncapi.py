"""manage.py asyncapi: writes docs/asyncapi.yaml."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from wificore.realtime.bridge.asyncapi import document


class Command(BaseCommand):
    help = "Write the channels with their messages to docs/asyncapi.yaml."

    def handle(self, *_args: object, **_options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "asyncapi.yaml"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written")
