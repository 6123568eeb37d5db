"""The environment of each process: what it needs and no secret more."""

import os
from collections.abc import Mapping

from wificore.devserver import database
from wificore.devserver.config import LOOPBACK, Config

PLATFORM_HOST = "platform.localhost"
TENANT_BASE_DOMAIN = "localhost"
# An administrator's URL in our own environment must reach no child.
PRIVATE = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_RADIUS_URL", "SECRET_KEY", "FIELD_KEYS")
# Secrets that a developer may set, for Django's processes only.
DJANGO_ONLY = ("JWT_SIGNING_KEY", "EMAIL_HOST_PASSWORD")


class Environments:
    """Environments of one stack."""

    def __init__(
        self, config: Config, secrets: Mapping[str, str], urls: database.Urls, redis_url: str
    ) -> None:
        self.config = config
        self.secrets = secrets
        self.urls = urls
        self.redis_url = redis_url

    def plain(self) -> dict[str, str]:
        """Places and ports, no secret."""
        var = self.config.var
        hidden = {*_with_files(PRIVATE), *_with_files(DJANGO_ONLY)}
        return {
            **{name: value for name, value in os.environ.items() if name not in hidden},
            **{setting: str(number) for setting, number in self.config.ports.items()},
            "DJANGO_SETTINGS_MODULE": "wificore.settings.dev",
            "DEBUG": "1" if self.config.debug else "0",
            "LOG_JSON": os.environ.get("LOG_JSON", "0"),
            "PYTHONUNBUFFERED": "1",
            "PLATFORM_HOST": PLATFORM_HOST,
            "TENANT_BASE_DOMAIN": TENANT_BASE_DOMAIN,
            "VAR_DIR": str(var),
            "RADIUS_CLIENTS_DIR": str(var / "radius" / "clients"),
            "RADIUS_SPOOL_DIR": str(var / "radius" / "spool"),
            "RADIUS_CONFIG_DIR": str(var / "radius" / "raddb"),
            "RADIUS_HOST": LOOPBACK,
        }

    def freeradius(self) -> dict[str, str]:
        """FreeRADIUS: its own login only; it never sees Django's keys."""
        return {**self.plain(), "DATABASE_RADIUS_URL": self._url("wc_radius")}

    def django(self) -> dict[str, str]:
        """Web, relay and simulator: the application's login."""
        given = {n: os.environ[n] for n in _with_files(DJANGO_ONLY) if n in os.environ}
        return {
            **self.plain(),
            **given,
            "DATABASE_URL": self._url("wc_app"),
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": self.secrets["SECRET_KEY"],
            "FIELD_KEYS": self.secrets["FIELD_KEYS"],
        }

    def radius(self) -> dict[str, str]:
        """The ingester and the renderer of FreeRADIUS' files."""
        return {**self.django(), "DATABASE_RADIUS_URL": self._url("wc_radius")}

    def worker(self) -> dict[str, str]:
        """Workers and beat; SIGTERM gives running tasks some seconds, not for ever."""
        return {**self.django(), "REMAP_SIGTERM": "SIGQUIT"}

    def worker_ddl(self) -> dict[str, str]:
        """The one process of the stack that keeps the owner's login: provisioning, partitions."""
        return {**self.worker(), "DATABASE_OWNER_URL": self._url("wc_provision")}

    def owner(self) -> dict[str, str]:
        """Migrations and provisioning: also the owner's login."""
        return {**self.radius(), "DATABASE_OWNER_URL": self._url("wc_provision")}

    def commands(self) -> dict[str, str]:
        """What a management command beside the running stack needs, and nothing inherited."""
        ours = self.owner()
        return {name: value for name, value in ours.items() if os.environ.get(name) != value}

    def _url(self, role: str) -> str:
        return self.urls.of(role, self.secrets[role])


def _with_files(names: tuple[str, ...]) -> list[str]:
    """Each name, and the one that names a file."""
    return [form for name in names for form in (name, f"{name}_FILE")]
