"""What the protocol allows, in one list (REALTIME, "Protocol 7" and "Decided details")."""

CHANNEL_NAME = 200
EVENT_NAME = 200
USER_ID = 200
# Bytes of UTF-8 as sent.
EVENT_DATA = 10_240
MEMBER = 2_048
FRAME = 65_536
# Objects and lists inside each other in a frame; what is deeper is malformed.
DEPTH = 64

MEMBERS = 100
CHANNELS_PER_EVENT = 100
EVENTS_PER_BATCH = 10
CLIENT_EVENTS_PER_SECOND = 10
# Of one socket; a stock client has a few dozen.
SUBSCRIPTIONS = 1_000

# What a socket may leave unread before it counts as slow and is closed.
QUEUE_FRAMES = 256
QUEUE_BYTES = 1 << 20

# Seconds of silence until the server pings, and from there until it gives up.
ACTIVITY_TIMEOUT = 30
PONG_TIMEOUT = 30

# Seconds that a cache channel remembers its last event.
CACHE_SECONDS = 3_600
