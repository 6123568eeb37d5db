"""Where the RADIUS side lives on this host: directories, ports, and nothing secret."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RadiusConf:
    """Paths are absolute; ports are UDP.

    Attributes:
        public_host: what routers are told to send to; empty: the host of the page that says it.
        silent_after_s: a router whose sessions owe news is silent after this long without a packet.
        idle_after_s: the same for one with nobody online, which owes nothing.
    """

    host: str
    auth_port: int
    acct_port: int
    config_dir: Path
    clients_dir: Path
    spool_dir: Path
    silent_after_s: int = 15 * 60
    idle_after_s: int = 24 * 3600
    public_host: str = ""
