"""Writes: what people are told, how they want it, what goes out, and work."""

from .inbox import (
    inbox_read,
    notifications_create,
    notifications_forget,
)

__all__ = [
    "inbox_read",
    "notifications_create",
    "notifications_forget",
]
