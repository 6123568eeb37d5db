"""The command line: `python -m wificore.devserver <verb>`; exit code 2 on misuse, 1 on failure."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence

from wificore.devserver import checks, config, stack, tools
from wificore.devserver.errors import Failed, Misuse
from wificore.devserver.instance import Instance


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    top = argparse.ArgumentParser(prog="wificore.devserver", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    for name, text in (("run", "start everything"), ("dev", "the same with reload and DEBUG")):
        verb = verbs.add_parser(name, help=text)
        config.add_options(verb)
        verb.add_argument("--fresh", action="store_true", help="drop all data first")
        verb.add_argument("--no-simulator", action="store_true", help="no simulated routers")
        again = "start a process that dies again, instead of stopping all"
        verb.add_argument("--restart", action="store_true", help=again)
        rate = "logins a second in total, each about four packets"
        verb.add_argument("--simulator-rate", type=float, metavar="R", help=rate)
    for name, text in (
        ("stop", "stop a running launcher"),
        ("psql", "a superuser's psql on the running stack"),
        ("shell", "Django's shell on the running stack"),
        ("db-reset", "drop the database and fill it anew"),
    ):
        config.add_options(verbs.add_parser(name, help=text))
    for name, text in (
        ("test", "lint steps, then pytest"),
        ("soak", "the long tests"),
        ("bench", "the benchmarks"),
        ("lint", "lint steps and sizes"),
        ("fmt", "format the code"),
        ("api", "write the web client's types of the API"),
    ):
        verbs.add_parser(name, help=f"{text}; arguments are passed on", add_help=False)
    return top


PASSING: dict[str, Callable[[Sequence[str]], int]] = {
    "test": checks.test,
    "soak": checks.soak,
    "bench": checks.bench,
    "lint": checks.lint,
    "fmt": checks.fmt,
    "api": checks.api,
}


def main(arguments: Sequence[str]) -> int:
    """Run one verb and return its exit code."""
    # A shell that runs us in the background ignores SIGINT; whoever sends it means us.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _dispatch(arguments)
    except Misuse as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except Failed as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in PASSING:
        return PASSING[arguments[0]](arguments[1:])
    options, rest = parser().parse_known_args(arguments)
    if rest and options.verb not in ("psql", "shell"):
        raise Misuse(f"unknown argument {rest[0]!r} (see --help)")
    return _stack_verb(options, rest)


def _stack_verb(options: argparse.Namespace, rest: Sequence[str]) -> int:
    settled = config.from_arguments(options, os.environ)
    verb = options.verb
    if verb in ("run", "dev"):
        return stack.run(settled, fresh=options.fresh)
    if verb == "stop":
        stopped = Instance(settled.var).stop_running()
        print("stopped" if stopped else "nothing is running")
        return 0
    if verb == "psql":
        return tools.psql(settled, rest)
    return tools.shell(settled, rest) if verb == "shell" else tools.db_reset(settled)
