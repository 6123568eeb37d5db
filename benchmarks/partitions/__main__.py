"""With other sizes: `python -m benchmarks.partitions --tenants 50 --first 5 --rounds 1`."""

import argparse
import sys

from .table import FIRST, ROUNDS, TENANTS, main

parser = argparse.ArgumentParser(prog="python -m benchmarks.partitions")
parser.add_argument("--tenants", type=int, default=TENANTS, help="in the steady night")
parser.add_argument("--first", type=int, default=FIRST, help="tenants of the first creation")
parser.add_argument("--rounds", type=int, default=ROUNDS)
arguments = parser.parse_args()
if min(arguments.tenants, arguments.first, arguments.rounds) < 1:
    parser.error("every size is 1 or more")
sys.stdout.write(main(arguments.tenants, arguments.first, arguments.rounds))
