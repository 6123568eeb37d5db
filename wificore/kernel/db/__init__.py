"""Schemas, roles, grants and the context that chooses between them."""
