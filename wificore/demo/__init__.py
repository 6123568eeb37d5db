"""The demo that `make run` shows: two tenants with staff, routers, plans and subscribers."""
