"""With other sizes: `python -m benchmarks.water --rounds 1 --seconds 0.5`."""

import argparse
import sys

from .table import ROUNDS, SECONDS, main

parser = argparse.ArgumentParser(prog="python -m benchmarks.water")
parser.add_argument("--rounds", type=int, default=ROUNDS)
parser.add_argument("--seconds", type=float, default=SECONDS, help="of load, each turn")
arguments = parser.parse_args()
if min(arguments.rounds, arguments.seconds) <= 0:
    parser.error("every size is more than 0")
sys.stdout.write(main(arguments.rounds, arguments.seconds))
