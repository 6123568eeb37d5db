"""HTTP face of RADIUS: plans, subscribers, routers, sessions, login attempts."""
