"""Tills: shifts, sales over the counter, and the close of a day.

    Shift  --  account `cash` "shift:<id>"    what should be in the drawer
      | 1--n  Sale, Refund                    each with its transfer
      | n--1  DayClose                        totals, hash-chained to the day before (ADR 29)

Money in cash moves only through an open shift of whoever takes it. A day is closed when the shifts
are: it covers every closed shift of its site that no earlier close covers.
"""
