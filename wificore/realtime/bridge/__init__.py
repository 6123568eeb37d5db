"""From the event log to sockets: one catalogue says who hears what, the relay carries it there.

    event log --relay--> translate.py --> Redis rt:{app_id} --> every realtime process --> sockets
    tables --> snapshots.py, of occupied channels only, coalesced --> the same way

`channels.py` is the catalogue; `docs/asyncapi.yaml` is written from it (`manage.py asyncapi`).
"""
