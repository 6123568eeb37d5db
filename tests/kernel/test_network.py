"""Which addresses tenants may make us connect to."""

import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from wificore.kernel.network import (
    AddressRefused,
    Unreachable,
    allowed_addresses,
    connect_to,
)

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  # this host, to connect to
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "[::]",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::10.0.0.1]",
    "[64:ff9b::169.254.169.254]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00:ec2::254]",
    "[ff0e::1]",
    # Other ways to write 127.0.0.1, which resolvers know.
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "localhost",
]
PUBLIC = ["93.184.216.34", "[2606:2800:220:1::1]", "[64:ff9b::5db8:d822]"]


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that gives another answer each time; returns what it was asked."""
    asked: list[str] = []
    waiting = list(answers)

    def answer(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        kinds = {4: socket.AF_INET, 6: socket.AF_INET6}
        addresses = [ip_address(text) for text in waiting.pop(0)]
        return [(kinds[a.version], socket.SOCK_STREAM, 6, "", (str(a), port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("scheme", ["https", "ldaps"])
def test_no_private_address_is_allowed(scheme: str, host: str) -> None:
    with pytest.raises(AddressRefused, match="public internet"):
        allowed_addresses(f"{scheme}://{host}/", encrypted=True, networks=[])


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_is_allowed(host: str) -> None:
    found = allowed_addresses(f"https://{host}", encrypted=True, networks=[])
    assert found == [ip_address(host.strip("[]"))]


def test_a_listed_network_is_allowed_and_its_neighbour_is_not() -> None:
    networks = [ip_network("10.8.0.0/16")]
    assert allowed_addresses("https://10.8.0.7", encrypted=True, networks=networks)
    for host in ("10.9.0.7", "127.0.0.1", "[::1]"):
        with pytest.raises(AddressRefused):
            allowed_addresses(f"https://{host}", encrypted=True, networks=networks)


def test_only_a_listed_loopback_is_reached_without_tls() -> None:
    networks = [*LOOPBACK, ip_network("10.8.0.0/16")]
    assert allowed_addresses("http://127.0.0.1:1", encrypted=False, networks=networks)
    for host in ("10.8.0.7", "93.184.216.34"):
        with pytest.raises(AddressRefused, match="use TLS"):
            allowed_addresses(f"http://{host}", encrypted=False, networks=networks)


def test_one_private_address_among_public_ones_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        allowed_addresses("https://example.com", encrypted=True, networks=[])


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 64 + ".test", "\udcff.test"])
def test_a_name_without_an_address_is_unreachable(host: str) -> None:
    with pytest.raises(Unreachable, match="has no address"):
        allowed_addresses(f"https://{host}", encrypted=True, networks=[])


def test_the_next_address_is_tried_and_no_name_is_resolved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        asked = names(monkeypatch)
        addresses = [ip_address("127.0.0.99"), ip_address("127.0.0.1")]
        with connect_to(addresses, port, 2) as line:
            assert line.getpeername() == ("127.0.0.1", port)
    assert asked == []


def test_where_no_address_takes_a_connection_the_last_failure_is_told() -> None:
    with pytest.raises(ConnectionRefusedError):
        connect_to([ip_address("127.0.0.1")], 9, 2)
