"""With other sizes: `python -m benchmarks.radius --tenants 1 50 --rounds 5 --seconds 10`."""

import argparse
import sys

from .table import ROUNDS, SECONDS, TENANTS, main

parser = argparse.ArgumentParser(prog="python -m benchmarks.radius")
parser.add_argument("--tenants", type=int, nargs="+", default=list(TENANTS), help="ascending")
parser.add_argument("--rounds", type=int, default=ROUNDS)
parser.add_argument("--seconds", type=float, default=SECONDS, help="of load, each turn")
arguments = parser.parse_args()
if min(*arguments.tenants, arguments.rounds, arguments.seconds) <= 0:
    parser.error("every size is more than 0")
if arguments.tenants != sorted(arguments.tenants) or arguments.tenants[-1] > 1000:
    parser.error("tenants are added: name ascending sizes, 1000 at most")
sys.stdout.write(main(arguments.tenants, arguments.rounds, arguments.seconds))
