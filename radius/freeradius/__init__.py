"""FreeRADIUS as WifiCore runs it: its configuration, its router files, its spool lines.

    config.py   what a configuration depends on, as one value
    spool.py    the columns of the two spools (the contract with the ingester)
    render.py   deploy/freeradius/ + config -> the directory that `freeradius -d` reads
    clients.py  the registry of routers -> one client file per address
    watch.py    the loop of the process `radius-clients`

Nothing here imports Django.
"""
