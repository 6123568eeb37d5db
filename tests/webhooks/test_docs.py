"""What docs/webhooks.md tells people to run works on what we send."""

import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wificore.devserver import node
from wificore.devserver.config import ROOT
from wificore.webhooks.signing import new_secret, sign

BODY = '{"type":"plan.created","data":{"name":"Zahabu ☀"}}'.encode()
ID = "9031"
Verify = Callable[[str, dict[str, str], bytes], bool]


def snippet(language: str) -> str:
    text = (ROOT / "docs" / "webhooks.md").read_text()
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return str(found)


def in_python(secret: str, headers: dict[str, str], body: bytes) -> bool:
    names: dict[str, Any] = {}
    exec(compile(snippet("python"), "docs/webhooks.md", "exec"), names)  # noqa: S102  # is ours
    return bool(names["verify"](secret, headers, body))


def in_node(secret: str, headers: dict[str, str], body: bytes) -> bool:
    found = node.choice(Path(sys.prefix))
    assert found is not None, "no Node: `make run` brings one"
    call = json.dumps([secret, headers, base64.b64encode(body).decode()])
    script = (
        f"{snippet('js')}\nconst [s, h, b] = {call};\n"
        'console.log(verify(s, h, Buffer.from(b, "base64")));'
    )
    command = [found.program, "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip() == "true"


@pytest.mark.parametrize("verify", [in_python, in_node])
def test_the_snippet_takes_ours_and_nothing_else(verify: Verify) -> None:
    secret, old = new_secret(), new_secret()
    now = int(time.time())
    both = signed([secret, old], now)
    assert verify(secret, signed([secret], now), BODY)
    assert verify(secret, both, BODY)
    assert verify(old, both, BODY)
    assert not verify(new_secret(), both, BODY)
    assert not verify(secret, both, BODY + b" ")
    assert not verify(secret, {**both, "webhook-id": "9032"}, BODY)
    assert not verify(secret, signed([secret], now - 400), BODY)


def signed(secrets: list[str], at: int) -> dict[str, str]:
    return {
        "webhook-id": ID,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secrets, ID, at, BODY),
    }
