"""With other sizes: `python -m benchmarks.realtime --rounds 5 --seconds 10 --sockets 3000`."""

import argparse
import sys

from .table import ROUNDS, SECONDS, SOCKETS, main

parser = argparse.ArgumentParser(prog="python -m benchmarks.realtime")
parser.add_argument("--rounds", type=int, default=ROUNDS)
parser.add_argument("--seconds", type=float, default=SECONDS, help="of load, each turn")
parser.add_argument("--sockets", type=int, default=SOCKETS, help="for memory and commits")
arguments = parser.parse_args()
if min(arguments.rounds, arguments.seconds, arguments.sockets) <= 0:
    parser.error("every size is more than 0")
sys.stdout.write(main(arguments.rounds, arguments.seconds, arguments.sockets))
