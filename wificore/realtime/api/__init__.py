"""The realtime app over HTTP: its settings, and who may join a channel."""
