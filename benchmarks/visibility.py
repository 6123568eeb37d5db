"""How long after its answer is an accounting packet visible through the API?

One router sends Starts, one at a time; each is looked for through the API until it is there. First
on an idle platform, then beside simulated routers. What is measured is FreeRADIUS' answer -> spool
-> ingester -> row -> API, so it ends within the ingester's polling interval plus one batch.
"""

import http.client
import json
import random
import secrets
import socket
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyrad.client import Client
from pyrad.dictionary import Dictionary

import radius.simulator
from wificore.devserver.services import running_stack

SAMPLES = 40
LOAD = 50.0
DICTIONARY = Path(radius.simulator.__file__).with_name("dictionary")


def main() -> str:
    """The table."""
    lines = ["accounting answered -> visible through the API, milliseconds", ""]
    lines.append(f"{'':24}{'p50':>8}{'p99':>8}{'max':>8}{'samples':>9}")
    for title, arguments in (
        ("idle", ["--no-simulator"]),
        (f"{LOAD:.0f} logins/s beside it", ["--simulator-rate", str(LOAD)]),
    ):
        lines.append(_row(title, arguments))
    return "\n".join(lines) + "\n"


def _row(title: str, arguments: list[str]) -> str:
    with tempfile.TemporaryDirectory() as var, running_stack(Path(var), *arguments) as stack:
        delays = sorted(_delay(stack.contract) * 1000 for _ in range(SAMPLES))
    p50, p99 = statistics.median(delays), delays[int(len(delays) * 0.99)]
    return f"{title:24}{p50:8.0f}{p99:8.0f}{delays[-1]:8.0f}{len(delays):9}"


def _delay(contract: Mapping[str, Any]) -> float:
    """Seconds from one Start's answer until the API lists its session."""
    # Not in step with the ingester's polling.
    time.sleep(random.uniform(0.0, 0.5))
    tenant, session = contract["tenants"][0], secrets.token_hex(8)
    _send_start(contract, tenant, session)
    answered = time.monotonic()
    while not _listed(contract, tenant, session):
        time.sleep(0.005)
    return time.monotonic() - answered


def _send_start(contract: Mapping[str, Any], tenant: Mapping[str, Any], session: str) -> None:
    nas = tenant["nas"][0]
    client = Client(
        server=contract["radius"]["host"],
        acctport=contract["radius"]["acct_port"],
        secret=nas["secret"].encode(),
        dict=Dictionary(str(DICTIONARY)),
    )
    client.bind((nas["ip"], 0))
    packet = client.CreateAcctPacket(User_Name=session, Acct_Session_Id=session)
    packet["Acct-Status-Type"] = "Start"
    client.SendPacket(packet)
    _close(client)


def _close(client: Client) -> None:
    sock: socket.socket | None = getattr(client, "_socket", None)
    if sock is not None:
        sock.close()


def _listed(contract: Mapping[str, Any], tenant: Mapping[str, Any], session: str) -> bool:
    host = contract["web"]["url"].removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    headers = {"Host": tenant["host"], "Authorization": f"Token {tenant['owner']['token']}"}
    connection.request("GET", f"/api/v1/radius/sessions/?username={session}", headers=headers)
    found = json.loads(connection.getresponse().read())["results"]
    connection.close()
    return bool(found)
