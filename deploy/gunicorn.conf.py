"""gunicorn for the process `web`: threads keep their database connection (ARCHITECTURE 2)."""

import os

bind = f"127.0.0.1:{os.environ.get('WEB_PORT', '8070')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Connections to PostgreSQL are bounded by workers x threads.

# Whoever is free accepts: one socket for all workers, not `reuse_port`. Measured with 2 workers, kept
# connections and 3 ms of processor a request, the largest worker's share in 30 runs each (4, 8 and
# 16 connections): 0.50 to 0.77 with one socket, but 1.00 in 2 of them, where all clients of an idle
# server connected within a millisecond; 0.50 to 0.84 with reuse_port, which deals connections out
# by a hash of their address, and was not faster (medians of requests/s: 0.82 to 1.02 of one socket's
# but one of 0.56). With it each worker has a queue of its own: what waits in the queue of a worker
# that is killed is reset, what waits for one that is stuck waits on while others are idle, and a
# second server started on the same port by mistake silently takes half of the requests.
# nginx in front closes a kept connection after 1,000 requests, so that no uneven start stays.
reuse_port = False
keepalive = 30
graceful_timeout = 10
timeout = 60
# Its socket would lie in the home directory, outside var/.
control_socket_disable = True
