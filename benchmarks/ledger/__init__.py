"""Holds a second: the books' one door against a straightforward `select_for_update`.

The peer is what one writes first and gets right: read the row under a lock, decide in Python, write
it back, insert the hold; four statements under a lock that others wait for. Ours is one call of a
function. Same process, threads, database, rows; each in turn.
"""

from .table import main

__all__ = ["main"]
