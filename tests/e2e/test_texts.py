"""Text messages of the demo pass through a provider's stand-in that is a process of the stack."""

import json
import urllib.request

from tests.e2e.conftest import Stack

NUMBER = "+254711222333"


def taken(stack: Stack) -> list[dict[str, str]]:
    """What the stand-in was given so far."""
    url = stack.contract["sms"]["url"] + "/messages"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
        found: list[dict[str, str]] = json.loads(answer.read())
    return found


def test_each_demo_tenants_texts_reach_the_stand_in(stack: Stack) -> None:
    for slug in ("acme", "blue"):
        to = {"to": NUMBER}
        status, answer = stack.api(slug, "/api/v1/notifications/sms/test/", "POST", to)
        assert (status, answer["ok"]) == (200, True), answer
    texts = [text for text in taken(stack) if text["to"] == NUMBER]
    assert [text["username"] for text in texts] == ["demo", "demo"]
    assert ["Acme WiFi" in texts[0]["message"], "Blue Lagoon" in texts[1]["message"]] == [True] * 2
    _, settings = stack.api("acme", "/api/v1/notifications/sms/")
    assert settings["base_url"] == stack.contract["sms"]["url"]
    assert "demo-key" not in json.dumps(settings)
