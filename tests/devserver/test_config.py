"""Ports and options."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from wificore.devserver import config
from wificore.devserver.errors import Misuse


@pytest.fixture
def taken() -> Iterator[int]:
    """A TCP port that somebody listens on."""
    with socket.create_server((config.LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_the_defaults_are_those_of_the_architecture() -> None:
    assert config.settle_ports({}, {}) == {
        "WEB_PORT": 8070,
        "REALTIME_PORT": 6071,
        "METRICS_PORT": 9670,
        "RADIUS_AUTH_PORT": 1872,
        "RADIUS_ACCT_PORT": 1873,
        "POSTGRES_PORT": 5472,
        "REDIS_PORT": 6390,
        "SMS_SIMULATOR_PORT": 8095,
        "MPESA_SIMULATOR_PORT": 8096,
    }


def test_an_option_wins_over_the_environment() -> None:
    ports = config.settle_ports({"WEB_PORT": 9001}, {"WEB_PORT": "9002", "REDIS_PORT": "9003"})
    assert (ports["WEB_PORT"], ports["REDIS_PORT"]) == (9001, 9003)


@pytest.mark.parametrize("value", ["x", "0", "65536", "-1"])
def test_a_number_that_is_no_port_is_named_with_its_setting(value: str) -> None:
    with pytest.raises(Misuse, match="REDIS_PORT"):
        config.settle_ports({}, {"REDIS_PORT": value})


def test_two_settings_with_the_same_port_are_refused() -> None:
    with pytest.raises(Misuse, match=r"REDIS_PORT and WEB_PORT are both 7000"):
        config.settle_ports({"WEB_PORT": 7000, "REDIS_PORT": 7000}, {})


def test_automatic_ports_are_free_and_differ() -> None:
    ports = config.settle_ports({}, {}, auto=True)
    assert len(set(ports.values())) == len(config.PORTS)
    assert all(config.is_free(ports[port.setting], port.kind) for port in config.PORTS)


def test_a_taken_port_is_named_with_its_setting(taken: int, tmp_path: Path) -> None:
    ports = config.settle_ports({"POSTGRES_PORT": taken}, {}, auto=True)
    with pytest.raises(Misuse, match=rf"port {taken} \(PostgreSQL\).*POSTGRES_PORT"):
        config.require_free(config.Config(tmp_path, ports))


def test_the_port_of_an_external_server_does_not_matter(taken: int, tmp_path: Path) -> None:
    ports = config.settle_ports({"POSTGRES_PORT": taken}, {}, auto=True)
    private = config.Config(tmp_path, ports)
    config.require_free(replace(private, admin_url="postgresql://u:p@elsewhere/postgres"))


def test_programs_that_start_side_by_side_choose_from_their_own_ports() -> None:
    assert config.auto_ports({}) == config.AUTO_PORTS
    assert config.auto_ports({config.AUTO_PORTS_SETTING: "20000-20009"}) == range(20000, 20010)
    ports = config.settle_ports({}, {}, auto=True, among=range(20500, 20600))
    assert set(ports.values()) <= set(range(20500, 20600))


@pytest.mark.parametrize("value", ["20000", "9-8", "x-y", "0-10", "1-70000"])
def test_what_is_no_range_of_ports_is_named_with_its_setting(value: str) -> None:
    with pytest.raises(Misuse, match=config.AUTO_PORTS_SETTING):
        config.auto_ports({config.AUTO_PORTS_SETTING: value})
