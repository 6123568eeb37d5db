"""Where the RADIUS side lives on this host: directories, ports, and nothing secret."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RadiusConf:
    """Paths are absolute; ports are UDP."""

    host: str
    auth_port: int
    acct_port: int
    config_dir: Path
    clients_dir: Path
    spool_dir: Path
