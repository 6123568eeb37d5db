"""App webhooks: a tenant's program is told of channels, members, client events, cache misses.

hub, lua/state.lua --> Redis list of the app --> sender.py, one process at a time --> POST
"""
