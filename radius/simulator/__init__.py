"""Faked routers that speak real RADIUS to the server under test, and the proof of what it stored.

    participants -> model -> packets -> transport -> (FreeRADIUS)
                      |  what, when        |  answers, retries
                      +----> journal <-----+
                               |
    database (rows) -----> reconcile -> report, exit code

`model` is pure and deterministic (seed and answers decide everything), `transport` owns the
sockets, `journal` is the truth that survives a killed simulator, `reconcile` compares it with
what every tenant's database holds. Only `provision` and `database` know Django.
"""
