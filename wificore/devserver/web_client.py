"""The web client in `frontend/`: built once per content, its API types written from the schema.

python -m wificore.devserver.web_client build | api | check-api | types | lint | unit

frontend/src ..          -> frontend/dist                 (vite; `.built-from` holds its hash)
OpenAPI of both hosts    -> frontend/src/api/*.d.ts       (openapi-typescript; committed)
"""

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from wificore.devserver import node, packages
from wificore.devserver.config import ROOT
from wificore.devserver.errors import Failed
from wificore.devserver.node import Node

FRONTEND = ROOT / "frontend"
DIST = FRONTEND / "dist"
STAMP = ".built-from"
# What the build reads, besides the lock.
PAGES = ("index.html", "offline.html")
SOURCES = ("src", "public", *PAGES, "package.json", "package-lock.json", "build")
CONFIGURATION = ("*.ts", "tsconfig*.json")
TESTS = (".test.ts", ".stories.ts")
# Each host's schema, and the file of its types.
SCHEMAS = {"wificore.urls_tenant": "tenant.d.ts", "wificore.urls_public": "platform.d.ts"}
TYPES = FRONTEND / "src" / "api"


def present() -> bool:
    """Whether this checkout has a web client, and this machine what builds it."""
    return (FRONTEND / "package.json").exists() and find_node() is not None


def find_node() -> Node | None:
    """The Node that bootstrap chose."""
    return node.choice(Path(sys.prefix))


def up_to_date() -> bool:
    """Whether dist is what the sources make."""
    stamp = DIST / STAMP
    return stamp.exists() and stamp.read_text() == _digest()


def build() -> None:
    """Build into dist, unless it is built from exactly these sources."""
    with node.one_at_a_time(FRONTEND):
        if up_to_date():
            return
        fresh = FRONTEND / "dist.new"
        shutil.rmtree(fresh, ignore_errors=True)
        wanted = _digest()
        _run_tool("vite/bin/vite.js", "build", "--outDir", str(fresh), "--logLevel", "warn")
        (fresh / STAMP).write_text(wanted)
        shutil.rmtree(DIST, ignore_errors=True)
        fresh.rename(DIST)


def write_api() -> None:
    """Write the types of both hosts' APIs anew."""
    for name, text in _api_types():
        (TYPES / name).write_text(text)


def check_api() -> None:
    """Compare the committed types with the schemas.

    Raises:
        Failed: they differ; shows where, and says how to mend it.
    """
    for name, text in _api_types():
        path = TYPES / name
        committed = path.read_text() if path.exists() else ""
        if committed != text:
            lines = difflib.unified_diff(
                committed.splitlines(), text.splitlines(), "committed", "schema", n=1, lineterm=""
            )
            print("\n".join(list(lines)[:40]))
            raise Failed(f"{path.relative_to(ROOT)} differs from the API's schema: run `make api`")


def _api_types() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as place:
        for urlconf, name in SCHEMAS.items():
            schema, types = Path(place) / "schema.json", Path(place) / name
            options = ("--format", "openapi-json", "--file", str(schema), "--urlconf", urlconf)
            _run([sys.executable, "manage.py", "spectacular", *options], ROOT)
            tool = "openapi-typescript/bin/cli.js"
            _run_tool(tool, str(schema), "-o", str(types), "--root-types", quiet=True)
            yield name, types.read_text()


def _digest() -> str:
    return node.digest(_sources(), FRONTEND)


def _sources() -> Iterator[Path]:
    for pattern in CONFIGURATION:
        yield from FRONTEND.glob(pattern)
    for name in SOURCES:
        path = FRONTEND / name
        if path.is_file():
            yield path
        for below in path.rglob("*"):
            if below.is_file() and not below.name.endswith(TESTS):
                yield below


def _run_tool(script: str, *arguments: str, quiet: bool = False) -> None:
    """Run a program of the web client's packages."""
    chosen = find_node()
    if chosen is None:
        raise Failed("no Node that can build the web client: run it through make")
    command = chosen.command(FRONTEND / "node_modules" / script, *arguments)
    _run(command, FRONTEND, chosen.environment(), quiet=quiet)


def _run(
    command: Sequence[str],
    directory: Path,
    environment: dict[str, str] | None = None,
    *,
    quiet: bool = False,
) -> None:
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(
        command, cwd=directory, env=environment or dict(os.environ), stdout=output, check=False
    )
    if done.returncode != 0:
        raise Failed(f"exit code {done.returncode}: {' '.join(command)}")


VERBS: dict[str, Callable[[], None]] = {
    "build": build,
    "api": write_api,
    "check-api": check_api,
    "types": lambda: _run_tool("vue-tsc/bin/vue-tsc.js", "--noEmit"),
    "lint": lambda: _run_tool("eslint/bin/eslint.js", "--max-warnings=0", "."),
    "unit": lambda: _run_tool("vitest/vitest.mjs", "run"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one verb; the exit code."""
    try:
        VERBS[arguments[0]]()
    except (Failed, packages.SetupError) as error:
        print(f"web client: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
