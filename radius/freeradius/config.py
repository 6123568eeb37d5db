"""What FreeRADIUS' configuration depends on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FreeradiusConfig:
    """One FreeRADIUS server. Directories are absolute; ports are UDP; times are seconds."""

    config_dir: Path
    clients_dir: Path
    spool_dir: Path
    database_url: str
    host: str = "127.0.0.1"
    auth_port: int = 1812
    acct_port: int = 1813
    threads: int = 8
    client_lifetime: int = 30
    statement_timeout: float = 1.5
    query_timeout: int = 2
    connect_timeout: int = 2
    lib_dir: Path = Path("/usr/lib/freeradius")
    dictionary_dir: Path = Path("/usr/share/freeradius")
