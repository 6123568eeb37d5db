"""A real OpenLDAP server (Debian's slapd) as a private instance on loopback.

The program is copied beside its data: where AppArmor confines /usr/sbin/slapd to the system's
directory, the copy is free to read ours.
"""

import shutil
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.certificates import Certificates
from tests.worker import until
from wificore.devserver.binaries import find_program
from wificore.devserver.config import LOOPBACK, free_port
from wificore.devserver.inheritance import die_with_parent

CONFIG = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {place}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
database mdb
suffix "{suffix}"
directory {place}/data
maxsize 10485760
# Only the search account reads; passwords are for binding.
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by anonymous auth by * none
"""


@dataclass
class Entry:
    """A person of the directory."""

    uid: str
    password: str
    mail: str
    groups: Sequence[str] = ()
    name: str = ""


@dataclass
class Directory:
    """A running directory: where it is, and what it holds."""

    place: Path
    suffix: str
    certificates: Certificates
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    reader_password: str = "the-reader's-own"
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ldap://{LOOPBACK}:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def reader(self) -> str:
        return f"cn=reader,{self.suffix}"

    def config(self, **changes: object) -> dict[str, object]:
        """What a tenant enters."""
        return {
            "server": self.url,
            "user_base": f"ou=people,{self.suffix}",
            "group_base": f"ou=groups,{self.suffix}",
            "bind_dn": self.reader,
            **changes,
        }

    def fill(self, people: Sequence[Entry]) -> None:
        """Stop, start with exactly these people and their groups."""
        self.stop()
        data = self.place / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        ldif = self.place / "content.ldif"
        ldif.write_text("\n".join(self._content(people)))
        self._run("slapadd", "-l", str(ldif))
        self.start()

    def start(self) -> None:
        program = self.place / "slapd"
        urls = f"{self.url}/ ldaps://{LOOPBACK}:{self.tls_port}/"
        with (self.place / "slapd.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(program), "-f", str(self._config_file()), "-h", urls, "-d", "0"],
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        until(self._listens, (self.place / "slapd.log").read_text)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.place / "slapd.log").read_text()
        with socket.socket() as line:
            return line.connect_ex((LOOPBACK, self.port)) == 0

    def _run(self, tool: str, *arguments: str) -> None:
        """slapadd and its kin are slapd by another name."""
        command = [tool, "-f", str(self._config_file()), *arguments]
        program = str(self.place / "slapd")
        done = subprocess.run(command, executable=program, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def _config_file(self) -> Path:
        file = self.place / "slapd.conf"
        if not file.exists():
            text = CONFIG.format(
                place=self.place,
                suffix=self.suffix,
                reader=self.reader,
                certificate=self.certificates.certificate,
                key=self.certificates.key,
            )
            file.write_text(text)
        return file

    def _content(self, people: Sequence[Entry]) -> Iterator[str]:
        suffix = self.suffix
        yield f"dn: {suffix}\nobjectClass: dcObject\nobjectClass: organization\no: Test\n"
        for unit in ("people", "groups", "unique", "posix"):
            yield f"dn: ou={unit},{suffix}\nobjectClass: organizationalUnit\n"
        yield (
            f"dn: {self.reader}\nobjectClass: organizationalRole\n"
            f"objectClass: simpleSecurityObject\nuserPassword: {self.reader_password}\n"
        )
        members: dict[str, list[str]] = {}
        for entry in people:
            yield (
                f"dn: {self._dn(entry.uid)}\nobjectClass: inetOrgPerson\n"
                f"cn: {entry.name or entry.uid}\nsn: x\nmail: {entry.mail}\n"
                f"userPassword: {entry.password}\n"
                # The same for one person, however often the directory is filled.
                f"entryUUID: {uuid.uuid5(uuid.NAMESPACE_DNS, entry.uid)}\n"
            )
            for group in entry.groups:
                members.setdefault(group, []).append(entry.uid)
        for number, (group, uids) in enumerate(members.items()):
            yield from self._groups(group, uids, number)

    def _dn(self, uid: str) -> str:
        return f"uid={uid},ou=people,{self.suffix}"

    def _groups(self, group: str, uids: Sequence[str], number: int) -> Iterator[str]:
        """The same group in the three ways that directories write one."""
        dns = [self._dn(uid) for uid in uids]
        posix = [f"gidNumber: {5000 + number}", *(f"memberUid: {uid}" for uid in uids)]
        ways = {
            "groups": ("groupOfNames", [f"member: {dn}" for dn in dns]),
            "unique": ("groupOfUniqueNames", [f"uniqueMember: {dn}" for dn in dns]),
            "posix": ("posixGroup", posix),
        }
        for unit, (kind, lines) in ways.items():
            head = f"dn: cn={group},ou={unit},{self.suffix}\nobjectClass: {kind}\n"
            yield head + "\n".join([*lines, ""])


@contextmanager
def running(place: Path, suffix: str, certificates: Certificates) -> Iterator[Directory]:
    """An empty directory under this suffix (`dc=alpha`); stopped after the block."""
    system = find_program("slapd")
    assert system, "slapd is missing: `make test` installs it"
    place.mkdir()
    shutil.copy(system, place / "slapd")
    (place / "slapd").chmod(0o700)
    directory = Directory(place, suffix, certificates)
    directory.fill([])
    try:
        yield directory
    finally:
        directory.stop()
