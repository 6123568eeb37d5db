"""`make lint`, `test`, `soak`, `bench`: the steps in one list, on servers of their own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wificore.devserver import credentials, database, sizes, workers
from wificore.devserver.config import AUTO_PORTS, AUTO_PORTS_SETTING, ROOT, Config, settle_ports
from wificore.devserver.environment import Environments
from wificore.devserver.inheritance import die_with_parent
from wificore.devserver.services import private_postgres, private_redis


@dataclass(frozen=True)
class Step:
    """One check: what is printed, what is run, what it needs besides the common environment."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def tool(name: str, *arguments: str) -> list[str]:
    """A program of the virtual environment."""
    return [str(Path(sys.executable).parent / name), *arguments]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def web_client(verb: str) -> list[str]:
    return [sys.executable, "-m", "wificore.devserver.web_client", verb]


PRODUCTION = {"DJANGO_SETTINGS_MODULE": "wificore.settings.prod"}
LINT_STEPS = (
    Step("ruff check", tool("ruff", "check")),
    Step("ruff format", tool("ruff", "format", "--check")),
    Step("mypy --strict", tool("mypy")),
    Step("import contracts", tool("lint-imports")),
    Step("missing migrations", manage("makemigrations", "--check", "--dry-run")),
    Step(
        "deployment check",
        manage("check", "--deploy", "--fail-level", "WARNING"),
        PRODUCTION,
    ),
    Step("web client: API types", web_client("check-api")),
    Step("web client: vue-tsc", web_client("types")),
    Step("web client: eslint", web_client("lint")),
)
WEB_CLIENT_STEPS = (
    Step("web client: vitest", web_client("unit")),
    # The tests of what Django serves look at it.
    Step("web client: build", web_client("build")),
)


def lint(_arguments: Sequence[str] = ()) -> int:
    """All lint steps, then the sizes of the product; the exit code of the first failure."""
    with private_environment(ROOT / "var" / "lint") as environment:
        code = run_steps(LINT_STEPS, environment)
    print(sizes.report(ROOT))
    return code


def test(arguments: Sequence[str]) -> int:
    """All lint steps, the web client's, then pytest with these arguments.

    Returns:
        The exit code of the first failure.
    """
    number = workers.count(arguments, os.environ)
    place = ROOT / "var" / "test"
    shutil.rmtree(place, ignore_errors=True)
    with ExitStack() as servers:
        environments = [
            servers.enter_context(worker_environment(place, index, number))
            for index in range(number)
        ]
        options = workers.pytest_options(number, arguments)
        pytest = Step(
            "pytest", [sys.executable, "-m", "pytest", *options], {workers.PLACE: str(place)}
        )
        return run_steps([*LINT_STEPS, *WEB_CLIENT_STEPS, pytest], environments[0])


@contextmanager
def worker_environment(place: Path, index: int, of: int) -> Iterator[dict[str, str]]:
    """Servers of one of so many workers, on ports that no other chooses from."""
    directory = place / workers.name(index)
    with private_environment(directory, workers.ports(index, of)) as environment:
        workers.write_environment(directory, environment)
        yield environment


def soak(arguments: Sequence[str]) -> int:
    """The tests that take long."""
    with private_environment(ROOT / "var" / "soak") as environment:
        step = Step("soak", [sys.executable, "-m", "pytest", "-m", "soak", *arguments])
        return run_steps([step], environment)


def bench(arguments: Sequence[str]) -> int:
    """Side-by-side benchmarks."""
    with private_environment(ROOT / "var" / "bench") as environment:
        step = Step("bench", [sys.executable, "-m", "benchmarks.run", *arguments])
        return run_steps([step], environment)


def api(_arguments: Sequence[str]) -> int:
    """Write the web client's types of the API anew."""
    with private_environment(ROOT / "var" / "lint") as environment:
        return run_steps([Step("web client: API types", web_client("api"))], environment)


def fmt(_arguments: Sequence[str]) -> int:
    """Bring the code into its format."""
    steps = (
        Step("ruff check --fix", tool("ruff", "check", "--fix")),
        Step("ruff format", tool("ruff", "format")),
    )
    return run_steps(steps, os.environ)


def run_steps(steps: Sequence[Step], environment: Mapping[str, str]) -> int:
    """Run all steps, whatever fails; prints a line and the seconds of each.

    Returns:
        The exit code of the first that failed, 0 if none did.
    """
    codes = [_run_step(step, environment) for step in steps]
    return next((code for code in codes if code), 0)


def _run_step(step: Step, environment: Mapping[str, str]) -> int:
    print(f"== {step.name}", flush=True)
    began = time.monotonic()
    code = _run(step.command, {**environment, **step.environment})
    result = "ok" if code == 0 else f"FAILED (exit code {code})"
    print(f"== {step.name}: {result}, {time.monotonic() - began:.1f} s\n", flush=True)
    return code


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), preexec_fn=die_with_parent(signal.SIGTERM)
    )
    try:
        return process.wait()
    except BaseException:
        # Ctrl-C reaches it too; it may still have to put things away.
        process.terminate()
        process.wait()
        raise


@contextmanager
def private_environment(directory: Path, among: range = AUTO_PORTS) -> Iterator[dict[str, str]]:
    """Fresh PostgreSQL and Redis on free ports; yields the environment that points to them.

    DATABASE_ADMIN_URL is the superuser's login, for tests that make databases.

    Args:
        among: the ports to choose from, here and in everything that gets the environment.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    ports = settle_ports({}, {}, auto=True, among=among)
    config = Config(var=directory, ports=ports)
    secrets = credentials.load_or_create(directory)
    with ExitStack() as servers:
        print("== PostgreSQL and Redis for tests", flush=True)
        cluster = servers.enter_context(
            private_postgres(directory / "postgres", ports["POSTGRES_PORT"])
        )
        redis = servers.enter_context(private_redis(directory / "redis", ports["REDIS_PORT"]))
        urls = database.Urls(cluster.dsn())
        database.ensure(urls, secrets, directory)
        yield {
            **Environments(config, secrets, urls, redis.url).owner(),
            "DJANGO_SETTINGS_MODULE": "wificore.settings.test",
            "DATABASE_ADMIN_URL": cluster.dsn(),
            AUTO_PORTS_SETTING: f"{among.start}-{among.stop - 1}",
        }
