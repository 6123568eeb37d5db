"""The Pusher protocol on Channels: sockets, presence, the HTTP API (REALTIME) [public]."""
