"""What the command line asks for, checked before anything is made or sent."""

from dataclasses import dataclass
from pathlib import Path

from radius.simulator.participants import is_loopback

MAX_RATE = 2000.0  # logins a second; five times as many packets
MAX_DURATION = 86_400.0
MAX_SUBSCRIBERS = 50_000  # a tenant; sixteen bits of each MAC number the device
MAX_TENANTS = 200


class OptionError(ValueError):
    """An option cannot be obeyed; the message names it and the fix."""


@dataclass(frozen=True, slots=True)
class Options:
    """A run. `duration` in seconds, None for ever; `rate` in logins a second over all tenants."""

    tenants: tuple[str, ...]
    subscribers: int
    rate: float
    duration: float | None
    seed: int
    host: str
    auth_port: int
    acct_port: int
    journal: Path | None = None
    quiet: bool = False
    reconcile: bool = True

    @property
    def endless(self) -> bool:
        """The demo: it uses the tenants' own routers, and never reboots them."""
        return self.duration is None

    def check(self) -> None:
        """Raise OptionError for what cannot be, or would leave this machine."""
        if not is_loopback(self.host):
            raise OptionError(
                f"RADIUS_HOST is {self.host!r}: the simulator sends to loopback addresses only, "
                "for example 127.0.0.1"
            )
        _within("--tenants", len(self.tenants), 1, MAX_TENANTS)
        if len(set(self.tenants)) != len(self.tenants):
            raise OptionError("--tenants names a tenant twice")
        _within("--subscribers", self.subscribers, 1, MAX_SUBSCRIBERS)
        _within("--rate", self.rate, 0.01, MAX_RATE)
        if self.duration is not None:
            _within("--duration", self.duration, 1, MAX_DURATION)


def _within(option: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise OptionError(f"{option} must be between {least:g} and {most:g}, not {value:g}")
