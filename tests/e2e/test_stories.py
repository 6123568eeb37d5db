"""What people do in the web client, in a real browser against the running platform.

The stories themselves are frontend/stories/*.stories.ts (playwright-core, the system's Chromium).
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Stack
from wificore.devserver import binaries, web_client
from wificore.devserver.bootstrap import TEST_PROGRAMS

STORIES = sorted((web_client.FRONTEND / "stories").glob("*.stories.ts"))
# A whole file of stories on a machine that does much else; quiet, all take 90 seconds.
LIMIT_S = 1200


def test_there_are_stories() -> None:
    assert STORIES


@pytest.mark.timeout(LIMIT_S + 400)
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name.removesuffix(".stories.ts"))
def test_it_ends_well(stack: Stack, story: Path) -> None:
    chosen = web_client.find_node()
    chromium = binaries.find_program(*TEST_PROGRAMS["chromium"])
    assert chosen is not None, "no Node: run it through make"
    assert chromium is not None, "no Chromium: `make test` installs it"
    tool = web_client.FRONTEND / "node_modules" / "vitest" / "vitest.mjs"
    options = ("run", "--config", "vitest.stories.config.ts", str(story))
    done = subprocess.run(
        chosen.command(tool, *options),
        cwd=web_client.FRONTEND,
        env={
            **chosen.environment(),
            "STACK": str(stack.running.var / "stack.json"),
            "CHROMIUM": chromium,
            "NO_COLOR": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
    )
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout[-8000:]
