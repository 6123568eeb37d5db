"""Payers and a provider that misbehaves, and the proof of what the books made of it.

    plan (seed) -> runner -> HTTP: orders, callbacks late, doubled, forged, lost
                     |
                     +-> journal: what was sent, and what was answered
                            |
    database (rows) --> reconcile -> report, exit code

The plan is the seed's alone. The journal is the truth: what became of each payment follows from
what was sent and acknowledged, never from what our database says it received. Only `stage` and
`database` know Django.
"""
