"""The launcher behind `make run`: from an empty machine to a running platform, and away again.

    make run -> bootstrap (standard library only: .venv, locked packages, FreeRADIUS)
             -> python -m wificore.devserver run
                  |-- guardian        watches a pipe from the launcher; if that dies, even by
                  |                   SIGKILL, it stops everything below
                  |-- postgres, redis private instances under var/, or external ones by URL
                  |-- migrate, demo, freeradius_render     run to their end, in this order
                  |-- radius-clients, ingester, relay, worker, worker-outbound, worker-ddl, beat,
                  |   web, freeradius
                  `-- simulator

A child that dies stops everything, so that nobody develops on half a stack. With `--restart` it is
started again after a short pause: for demos, and for `make soak`, which kills what it can.

    config       ports and options            instance     var/: lock, state file, stop
    binaries     where the servers are         supervisor   start, watch, log, stop processes
    postgres, redis_server   private servers   guardian     no orphan after kill -9
    database     roles and databases           stack        what `run` starts, in order
    checks       lint steps and test runs      services     the same servers for tests

Only the standard library, psycopg2, redis and `wificore.kernel` are imported here; the modules
`bootstrap`, `virtualenv`, `packages` and `binaries` run before any package is installed.
"""
