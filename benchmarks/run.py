"""`make bench [ARGS="name .."]`: runs the benchmarks and prints their tables."""

import importlib
import sys
from collections.abc import Callable

NAMES = ("visibility", "partitions", "radius", "tenancy", "access", "realtime", "ledger", "water")


def main(wanted: list[str]) -> int:
    """Run those named, or all; exit code 2 for a name that is none."""
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"no benchmark {unknown[0]!r}: choose from {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in wanted or NAMES:
        benchmark: Callable[[], str] = importlib.import_module(f"benchmarks.{name}").main
        print(benchmark(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
