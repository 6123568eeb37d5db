"""Writes: endpoints, and what is sent to them again."""

from .endpoints import (
    EndpointInvalid,
    EndpointsFull,
    NotEnabled,
    endpoint_create,
    endpoint_delete,
    endpoint_disable,
    endpoint_enable,
    endpoint_rotate,
    endpoint_save,
    endpoint_test,
)
from .replays import deliveries_replay, delivery_replay

__all__ = [
    "EndpointInvalid",
    "EndpointsFull",
    "NotEnabled",
    "deliveries_replay",
    "delivery_replay",
    "endpoint_create",
    "endpoint_delete",
    "endpoint_disable",
    "endpoint_enable",
    "endpoint_rotate",
    "endpoint_save",
    "endpoint_test",
]
