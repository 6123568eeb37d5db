"""Options of a run: ports, directory, where the servers come from. Environment and command line."""

import argparse
import os
import random
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from wificore.devserver.errors import Misuse

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
# Below Linux' range for outgoing connections, so that a chosen port is not taken by one.
AUTO_PORTS = range(20000, 32000)
# "20000-21999": programs that start side by side choose from ranges of their own.
AUTO_PORTS_SETTING = "WIFICORE_AUTO_PORTS"


@dataclass(frozen=True)
class Port:
    """One port the stack listens on."""

    setting: str
    default: int
    what: str
    kind: socket.SocketKind = socket.SOCK_STREAM

    @property
    def option(self) -> str:
        return "--" + self.setting.lower().replace("_", "-")


WEB = Port("WEB_PORT", 8070, "web")
REALTIME = Port("REALTIME_PORT", 6071, "sockets")
METRICS = Port("METRICS_PORT", 9670, "metrics")
RADIUS_AUTH = Port("RADIUS_AUTH_PORT", 1872, "RADIUS authentication", socket.SOCK_DGRAM)
RADIUS_ACCT = Port("RADIUS_ACCT_PORT", 1873, "RADIUS accounting", socket.SOCK_DGRAM)
POSTGRES = Port("POSTGRES_PORT", 5472, "PostgreSQL")
REDIS = Port("REDIS_PORT", 6390, "Redis")
SMS_SIMULATOR = Port("SMS_SIMULATOR_PORT", 8095, "the SMS simulator")
MPESA = Port("MPESA_SIMULATOR_PORT", 8096, "the M-Pesa simulator")
PORTS = (WEB, REALTIME, METRICS, RADIUS_AUTH, RADIUS_ACCT, POSTGRES, REDIS, SMS_SIMULATOR, MPESA)


@dataclass(frozen=True)
class Config:
    """Everything a run depends on, settled before anything starts."""

    var: Path
    ports: Mapping[str, int]
    admin_url: str | None = None
    """DATABASE_URL of an external PostgreSQL, an administrator's; None: a private instance."""
    redis_url: str | None = None
    debug: bool = False
    simulator: bool = True
    simulator_rate: float | None = None
    """Packets a second; None: the simulator's own default."""
    restart: bool = False
    """A process that dies is started again, instead of ending the stack."""

    @property
    def web_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['WEB_PORT']}"

    def used_ports(self) -> list[Port]:
        """The ports this run will listen on itself."""
        external = {POSTGRES: self.admin_url, REDIS: self.redis_url}
        return [port for port in PORTS if not external.get(port)]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options that every verb about a stack has."""
    parser.add_argument("--var", type=Path, default=None, help="data directory (default: var)")
    parser.add_argument("--auto-ports", action="store_true", help="choose free ports")
    for port in PORTS:
        help_text = f"{port.what} port (or {port.setting}; default {port.default})"
        parser.add_argument(port.option, type=int, metavar="PORT", help=help_text)


def from_arguments(options: argparse.Namespace, environment: Mapping[str, str]) -> Config:
    """Settle the options; the command line wins over the environment.

    Raises:
        Misuse: a port that is no port, or two settings with the same one.
    """
    given = {port.setting: getattr(options, port.setting.lower()) for port in PORTS}
    var = options.var or Path(environment.get("VAR_DIR") or "var")
    return Config(
        var=(ROOT / var).resolve(),
        ports=settle_ports(given, environment, auto=options.auto_ports),
        admin_url=environment.get("DATABASE_URL") or None,
        redis_url=environment.get("REDIS_URL") or None,
        debug=getattr(options, "verb", "") == "dev",
        simulator=not getattr(options, "no_simulator", False),
        simulator_rate=getattr(options, "simulator_rate", None),
        restart=getattr(options, "restart", False),
    )


def settle_ports(
    given: Mapping[str, int | None],
    environment: Mapping[str, str],
    *,
    auto: bool = False,
    among: range | None = None,
) -> dict[str, int]:
    """A number for every port: option, else environment, else free one (auto) or the default."""
    chosen: dict[str, int] = {}
    for port in PORTS:
        number = given.get(port.setting)
        if number is None:
            number = _from_environment(port, environment)
        if number is None and auto:
            number = free_port(port.kind, chosen.values(), among)
        chosen[port.setting] = _checked(port, port.default if number is None else number, chosen)
    return chosen


def _from_environment(port: Port, environment: Mapping[str, str]) -> int | None:
    raw = environment.get(port.setting)
    if not raw:
        return None
    if not raw.isdigit():
        raise Misuse(f"{port.setting}={raw!r} is not a port number: use 1 to 65535")
    return int(raw)


def _checked(port: Port, number: int, chosen: Mapping[str, int]) -> int:
    if not 0 < number < 65536:
        raise Misuse(f"{port.setting}={number} is not a port number: use 1 to 65535")
    twin = next((setting for setting, other in chosen.items() if other == number), None)
    if twin:
        raise Misuse(f"{port.setting} and {twin} are both {number}: give each its own port")
    return number


def is_free(number: int, kind: socket.SocketKind) -> bool:
    """Whether we could listen there now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            # Connections of an earlier run that linger in TIME_WAIT do not matter.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
        except OSError:
            return False
    return True


def free_port(
    kind: socket.SocketKind = socket.SOCK_STREAM,
    avoid: Iterable[int] = (),
    among: range | None = None,
) -> int:
    """A port that nobody listens on at the moment."""
    taken = set(avoid)
    choices = among or auto_ports(os.environ)
    for _ in range(1000):
        number = random.choice(choices)  # a port is no secret
        if number not in taken and is_free(number, kind):
            return number
    raise Misuse(f"no free port between {choices.start} and {choices.stop - 1}")


def auto_ports(environment: Mapping[str, str]) -> range:
    """Where ports are chosen.

    Raises:
        Misuse: the setting is not two ports.
    """
    given = environment.get(AUTO_PORTS_SETTING)
    if not given:
        return AUTO_PORTS
    first, _, last = given.partition("-")
    if not (first.isdigit() and last.isdigit() and 0 < int(first) <= int(last) < 65536):
        raise Misuse(f"{AUTO_PORTS_SETTING}={given!r} is not a range of ports: use 20000-21999")
    return range(int(first), int(last) + 1)


def require_free(config: Config) -> None:
    """Refuse to start when a port is taken.

    Raises:
        Misuse: names the port and the setting that moves it.
    """
    for port in config.used_ports():
        number = config.ports[port.setting]
        if not is_free(number, port.kind):
            raise Misuse(
                f"port {number} ({port.what}) is taken by another program: stop that program, "
                f"or choose another port with {port.setting} (for example "
                f"`{port.setting}={number + 1000} make run`) or {port.option}"
            )
