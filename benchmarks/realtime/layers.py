"""Channels' own layers, and the group that the peers' sockets are in."""

LAYERS = {
    "stock": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
GROUP = "bench"
# They wait in Redis for longer than redis-py 8 waits for an answer by default, and each consumer of
# the first on a connection of its own: more than the 100 of redis-py 8.
PATIENT = "?socket_timeout=60&socket_connect_timeout=60&max_connections=10000"
