"""manage.py access_routes: writes docs/access-routes.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from wificore.access.routes import document


class Command(BaseCommand):
    help = "Write who may call which URL route to docs/access-routes.md."

    def handle(self, *_args: object, **_options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "access-routes.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written")
