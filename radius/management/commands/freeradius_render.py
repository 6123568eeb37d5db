"""manage.py freeradius_render: writes FreeRADIUS' configuration directory."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from radius.freeradius.config import FreeradiusConfig
from radius.freeradius.render import write_config

MISUSE = 2


class Command(BaseCommand):
    help = "Write FreeRADIUS' configuration from deploy/freeradius and the settings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, help="instead of RADIUS_CONFIG_DIR")

    def handle(self, *_args: object, out: Path | None = None, **_options: Any) -> None:
        try:
            config = freeradius_config(out)
            files = write_config(config)
        except ValueError as error:
            raise CommandError(str(error), returncode=MISUSE) from None
        self.stdout.write(f"{config.config_dir}: {len(files)} files")


def freeradius_config(out: Path | None) -> FreeradiusConfig:
    """From Django's settings.

    Raises:
        ValueError: DATABASE_RADIUS_URL is not set.
    """
    if not settings.DATABASE_RADIUS_URL:
        raise ValueError("DATABASE_RADIUS_URL is not set: FreeRADIUS logs in to PostgreSQL with it")
    conf = settings.RADIUS
    return FreeradiusConfig(
        config_dir=out.absolute() if out else conf.config_dir,
        clients_dir=conf.clients_dir,
        spool_dir=conf.spool_dir,
        database_url=settings.DATABASE_RADIUS_URL,
        host=conf.host,
        auth_port=conf.auth_port,
        acct_port=conf.acct_port,
    )
