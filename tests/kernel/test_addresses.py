"""Whose address a request has: X-Forwarded-For counts from our own proxies only."""

import pytest
from django.test import RequestFactory

from wificore.kernel.addresses import client_address, parse_networks
from wificore.kernel.env import EnvError

PROXY, CLIENT, SPOOFED = "10.1.0.1", "198.51.100.7", "203.0.113.9"


@pytest.mark.parametrize(
    ("trusted", "nearest", "forwarded", "expected"),
    [
        ((), CLIENT, None, CLIENT),
        ((), CLIENT, SPOOFED, CLIENT),
        (("10.0.0.0/8",), CLIENT, SPOOFED, CLIENT),
        (("10.0.0.0/8",), PROXY, None, PROXY),
        (("10.0.0.0/8",), PROXY, CLIENT, CLIENT),
        (("10.0.0.0/8",), PROXY, f"{SPOOFED}, {CLIENT}", CLIENT),
        (("10.0.0.0/8",), PROXY, f"{SPOOFED}, {CLIENT}, 10.2.0.2", CLIENT),
        (("10.0.0.0/8",), PROXY, "10.2.0.2, 10.3.0.3", "10.2.0.2"),
        (("10.0.0.0/8",), PROXY, f"{CLIENT}, rubbish", PROXY),
        (("10.0.0.0/8",), PROXY, "", PROXY),
        (("::1",), "::1", "2001:db8::7", "2001:db8::7"),
        (("127.0.0.1",), "::ffff:127.0.0.1", CLIENT, CLIENT),
        (("127.0.0.1",), "", CLIENT, None),
    ],
)
def test_the_first_address_from_the_right_that_is_no_proxy_of_ours(
    monkeypatch: pytest.MonkeyPatch,
    trusted: tuple[str, ...],
    nearest: str,
    forwarded: str | None,
    expected: str | None,
) -> None:
    monkeypatch.setattr("django.conf.settings.TRUSTED_PROXIES", parse_networks(trusted))
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR=nearest, headers=headers)
    assert client_address(request) == expected


@pytest.mark.parametrize("text", ["proxy.example.com", "10.0.0.1/8", "10.0.0.0/99"])
def test_what_is_no_network_is_refused_at_boot(text: str) -> None:
    with pytest.raises(EnvError, match="TRUSTED_PROXIES"):
        parse_networks([text])
