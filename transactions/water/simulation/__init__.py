"""Kiosks that are often offline, and the proof of what the platform made of them.

    plan (seed) -> runner -> device (counters, clock) -> wire: signed batches over HTTP
                     |
                     +-> journal: what was asked, and what was answered
                            |
    database (rows) --> compare <-- expected: the rules, worked out from the journal alone
                            |
                         report, exit code

The plan is the seed's alone. The journal is the truth: what became of each record follows from
what was sent and answered, never from what our database says it received. A kiosk and its wallets
belong to one thread, so that who spent first is no chance. Only `stage` and `database` know Django.
"""
