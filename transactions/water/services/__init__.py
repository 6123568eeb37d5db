"""Writes of water."""
