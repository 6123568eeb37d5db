"""Simulated kiosks against the running system: nothing is lost, doubled or charged otherwise."""

import json
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import Stack
from wificore.devserver.config import ROOT


def simulate(stack: Stack, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "simulate", "kiosks", *words],
        cwd=ROOT,
        env=stack.command_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def test_offline_spells_wrong_clocks_replays_and_tampering_come_out_exactly(
    stack: Stack, tmp_path: Path
) -> None:
    journal = tmp_path / "kiosks.jsonl"
    options = ("--kiosks", "2", "--rate", "30", "--duration", "6", "--seed", "8", "--quiet")
    code, said = simulate(stack, *options, "--journal", str(journal))
    assert code == 0, said
    assert " 0 differences" in said
    # What a run found, its journal finds again; and it tells no secret.
    code, said = simulate(stack, "--reconcile", str(journal), "--settle", "20")
    assert code == 0, said
    secrets = [kiosk["key"] for tenant in stack.contract["tenants"] for kiosk in tenant["kiosks"]]
    assert not [secret for secret in secrets if secret in journal.read_text()]


def test_a_record_that_is_not_in_the_journal_is_a_difference(stack: Stack, tmp_path: Path) -> None:
    journal = tmp_path / "kiosks.jsonl"
    options = ("--tenants", "acme", "--kiosks", "1", "--rate", "16", "--duration", "1", "--quiet")
    assert simulate(stack, *options, "--journal", str(journal))[0] == 0
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    sent = [line for line in lines if line["fact"] == "ask" and line["what"] == "records"]
    first = {line["n"] for line in sent if line["records"] == sent[0]["records"]}
    kept = [line for line in lines if line.get("n") not in first]
    journal.write_text("".join(json.dumps(line) + "\n" for line in kept))
    code, said = simulate(stack, "--reconcile", str(journal), "--settle", "0")
    assert code == 1
    assert " 0 differences" not in said
