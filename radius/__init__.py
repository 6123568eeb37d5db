"""Subscribers, plans, routers and sessions of one tenant; FreeRADIUS reads and feeds them."""
