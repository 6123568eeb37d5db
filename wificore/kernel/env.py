"""The environment, read in one place: typed values that fail loudly and name their variable.

Every secret `NAME` may instead be given as `NAME_FILE`, a path whose content is the value
(the convention of container secrets).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


class EnvError(ImproperlyConfigured):
    """A variable is missing or malformed; the message names it and the fix, never its value."""


@dataclass(frozen=True)
class Env:
    """Typed access to environment variables."""

    source: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.source.get(name, default)
        if value is None:
            raise EnvError(f"{name} is not set: give it a value (see .env.example)")
        return value

    def secret(self, name: str, default: str | None = None) -> str:
        """The value of NAME, or the content of the file NAME_FILE points to."""
        file = self.source.get(f"{name}_FILE")
        if file is None:
            return self._filled(name, self.source.get(name, default))
        if name in self.source:
            raise EnvError(f"{name} and {name}_FILE are both set: keep one of them")
        return self._filled(name, _read_secret(name, file))

    def optional_secret(self, name: str) -> str | None:
        present = name in self.source or f"{name}_FILE" in self.source
        return self.secret(name) if present else None

    def integer(self, name: str, default: int | None = None) -> int:
        raw = self.text(name, None if default is None else str(default))
        try:
            return int(raw)
        except ValueError:
            raise EnvError(f"{name} must be a whole number, for example 8070") from None

    def port(self, name: str, default: int) -> int:
        value = self.integer(name, default)
        if not 0 < value < 65536:
            raise EnvError(f"{name} must be a port between 1 and 65535")
        return value

    def boolean(self, name: str, default: bool) -> bool:
        raw = self.text(name, "1" if default else "0").strip().lower()
        if raw not in TRUE | FALSE:
            raise EnvError(f"{name} must be 1 or 0 (also: true/false, yes/no, on/off)")
        return raw in TRUE

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name, str(default))).absolute()

    def items(self, name: str, default: str = "") -> list[str]:
        """A comma-separated list, blanks dropped."""
        return [item.strip() for item in self.text(name, default).split(",") if item.strip()]

    def networks(self, name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
        """A comma-separated list of networks."""
        try:
            return [ip_network(item) for item in self.items(name, default)]
        except ValueError:
            raise EnvError(f"{name} must be networks with commas: 10.8.0.0/16,fd00::/8") from None

    @staticmethod
    def _filled(name: str, value: str | None) -> str:
        if not value:
            raise EnvError(f"{name} is not set: give it a value, or a path in {name}_FILE")
        return value


def adopt_file(path: Path) -> None:
    """Take NAME=value lines of a file into the environment, where a name is not set already."""
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def _read_secret(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EnvError(f"{name}_FILE cannot be read: {error.strerror}: {file}") from None
