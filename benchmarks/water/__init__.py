"""Kiosks' records a second, and how long they wait for leave, against the straightforward way.

The peer is what one writes first and gets right: one transaction of the ORM for each record, its
number claimed by `get_or_create`, tag and price looked up, lease and wallet read under a lock,
changed in Python and written back, an entry for each side, the dispense, its event, how far the
records have come. Ours claims and charges a batch in one. Same
process, threads, database, records; each in turn.
"""

from .table import main

__all__ = ["main"]
