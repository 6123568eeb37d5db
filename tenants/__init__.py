"""Tenants: who they are, which host is theirs, how their schema comes to be."""
