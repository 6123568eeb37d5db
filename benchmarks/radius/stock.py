"""Stock rlm_sql: Debian's files as they are, changed only in ports, places and the database."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2.extensions import parse_dsn

from wificore.devserver import binaries
from wificore.devserver.errors import Misuse

from .packets import ACCOUNTS, SECRET, router_address
from .peers import GROUP_REPLIES, Peer, free_udp_ports, password_rows
from .processes import running

DEBIAN = Path("/etc/freeradius/3.0")
SCHEMA = Path("mods-config/sql/main/postgresql/schema.sql")


class Stock(Peer):
    """One schema for everybody."""

    title = "stock rlm_sql"

    def __init__(self, dsn: str, directory: Path) -> None:
        super().__init__(dsn)
        if not (DEBIAN / SCHEMA).exists():
            raise Misuse(f"{DEBIAN / SCHEMA} is missing: this needs Debian's freeradius-config")
        self.directory = directory
        self.sql((DEBIAN / SCHEMA).read_text())

    def add_tenant(self, tenant: int) -> None:
        self.sql(
            f"INSERT INTO radcheck (username, attribute, op, value) {password_rows(tenant)}",
            "INSERT INTO radusergroup (username, groupname, priority)"
            f" SELECT 't{tenant}u' || n, 'plan{tenant}', 1"
            f" FROM generate_series(0, {ACCOUNTS - 1}) n",
            "INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES "
            + ", ".join(f"('plan{tenant}', '{n}', ':=', '{v}')" for n, v in GROUP_REPLIES),
        )

    @contextmanager
    def serving(self, tenants: int) -> Iterator[None]:
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.copytree(DEBIAN, self.directory, symlinks=True)
        self._adapt(tenants)
        program = binaries.freeradius()
        assert program
        command = [program, "-f", "-l", "stdout", "-d", str(self.directory)]
        log = self.directory.with_suffix(".log")
        with running(command, log, "Ready to process requests") as self.radiusd:
            yield

    def applied(self, kind: str) -> int | None:
        return None

    def counts(self) -> tuple[int, int, int]:
        (sessions, stopped), (logins,) = (
            self.sql("SELECT count(*), count(acctstoptime) FROM radacct")[0],
            self.sql("SELECT count(*) FROM radpostauth")[0],
        )
        return sessions, stopped, logins

    def _adapt(self, tenants: int) -> None:
        var = self.directory / "var"
        (var / "run").mkdir(parents=True)
        self.auth_port, self.acct_port, inner = free_udp_ports(3)
        self._change(
            "radiusd.conf",
            (r"^localstatedir = .*", f"localstatedir = {var}"),
            (r"^logdir = .*", f"logdir = {var}"),
            (r"^raddbdir = .*", f"raddbdir = {self.directory}"),
            (r"^run_dir = .*", f"run_dir = {var}/run"),
            (r"^\tuser = .*", ""),
            (r"^\tgroup = .*", ""),
            # In its favour: with Debian's 16384 it drops packets above 3,277 a second (what it
            # answered is remembered for 5 s).
            (r"^max_requests = .*", "max_requests = 65536"),
        )
        self._listen(inner)
        (self.directory / "mods-enabled" / "sql").symlink_to("../mods-available/sql")
        dsn = " ".join(f"{name}={value}" for name, value in parse_dsn(self.dsn).items())
        self._change(
            "mods-available/sql",
            (r'^\tdialect = "sqlite"', '\tdialect = "postgresql"'),
            (r'^\tdriver = "rlm_sql_null"', '\tdriver = "rlm_sql_${dialect}"'),
            (r'^\tradius_db = "radius"', f'\tradius_db = "{dsn}"'),
        )
        with (self.directory / "clients.conf").open("a") as clients:
            for tenant in range(tenants):
                address, secret = router_address(tenant), SECRET.decode()
                clients.write(f"client t{tenant} {{ ipaddr = {address}\n secret = {secret}\n }}\n")

    def _listen(self, inner_port: int) -> None:
        """Loopback of IPv4, on ports that are free; the same listeners otherwise."""
        path = self.directory / "sites-available" / "default"
        head, *listeners = re.split(r"(?m)^(?=listen \{)", path.read_text())
        last, rest = re.split(r"(?m)(?<=^\}\n)", listeners.pop(), maxsplit=1)
        kept = [part for part in (*listeners, last) if not re.search(r"(?m)^\s*ipv6addr =", part)]
        if len(kept) != 2:
            raise Misuse(f"{DEBIAN}/sites-available/default is not as Debian ships it")
        for number, part in enumerate(kept):
            port = self.acct_port if re.search(r"(?m)^\s*type = acct", part) else self.auth_port
            part = re.sub(r"(?m)^(\s*)ipaddr = \*.*", r"\1ipaddr = 127.0.0.1", part)
            kept[number] = re.sub(r"(?m)^(\s*)port = 0.*", rf"\1port = {port}", part)
        path.write_text(head + "".join(kept) + rest)
        self._change("sites-available/inner-tunnel", (r"port = 18120", f"port = {inner_port}"))

    def _change(self, file: str, *changes: tuple[str, str]) -> None:
        path = self.directory / file
        text = path.read_text()
        for pattern, replacement in changes:
            text, count = re.subn(f"(?m){pattern}", replacement.replace("\\", r"\\"), text)
            if not count:
                raise Misuse(f"{DEBIAN / file} is not as Debian ships it: no {pattern}")
        path.write_text(text)


def create_database(admin_dsn: str, name: str) -> None:
    connection = psycopg2.connect(admin_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    connection.close()
