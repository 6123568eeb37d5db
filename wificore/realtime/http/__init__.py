"""Pusher's HTTP API, served beside the sockets: stock server libraries publish through it."""
