"""What one realtime process counts: `wificore_realtime_*` of its own registry.

Counters are bumped once an event or a frame in, never once a delivery: fan-out adds sums.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()


def _counter(name: str, text: str) -> Counter:
    return Counter(f"wificore_realtime_{name}", text, registry=REGISTRY)


CONNECTED = Gauge("wificore_realtime_connected", "Sockets that are open.", registry=REGISTRY)
CONNECTIONS = _counter("connections", "Sockets that were opened.")
DISCONNECTIONS = _counter("disconnections", "Sockets that ended.")
REFUSED = Counter(
    "wificore_realtime_refused", "Handshakes refused, by error code.", ["code"], registry=REGISTRY
)
MESSAGES_IN = _counter("messages_in", "Frames from clients.")
BYTES_IN = _counter("bytes_in", "Bytes of frames from clients.")
MESSAGES_OUT = _counter("messages_out", "Frames to clients.")
BYTES_OUT = _counter("bytes_out", "Bytes of frames to clients.")
MALFORMED = _counter("malformed", "Frames that could not be understood.")
SUBSCRIPTIONS = _counter("subscriptions", "Subscriptions that succeeded.")
SUBSCRIPTION_ERRORS = _counter("subscription_errors", "Subscriptions that were refused.")
CLIENT_EVENTS = _counter("client_events", "Client events that were relayed.")
CLIENT_EVENTS_REFUSED = _counter("client_events_refused", "Client events that were refused.")
SLOW_CLIENTS = _counter("slow_clients", "Sockets closed because they did not read.")
EVENTS = _counter("events", "Messages taken from Redis.")
HTTP_CALLS = Counter(
    "wificore_realtime_http_calls",
    "Calls of the HTTP API, by status.",
    ["status"],
    registry=REGISTRY,
)
WEBHOOKS = Counter(
    "wificore_realtime_webhooks",
    "Batches posted to webhooks of apps, by outcome.",
    ["outcome"],
    registry=REGISTRY,
)
LINK = Gauge("wificore_realtime_redis_up", "1 while Redis answers this process.", registry=REGISTRY)
RESYNCS = _counter("resyncs", "Times that the link to Redis came back.")
PUBLISH_TO_SEND = Histogram(
    "wificore_realtime_publish_to_send_seconds",
    "From publishing an event until its frames were written to this process' sockets.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
    registry=REGISTRY,
)
