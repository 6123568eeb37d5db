"""What a realtime process carries: deliveries a second, memory a socket, commit to socket.

The peers of the fan-out are Channels' own two layers over Redis with the plainest consumer, on the
same uvicorn, Redis and load, one after the other in each round.

    make bench ARGS=realtime          or  python -m benchmarks.realtime --rounds 3 --seconds 5
"""

from .table import main

__all__ = ["main"]
