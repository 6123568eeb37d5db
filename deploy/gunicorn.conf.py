"""gunicorn for the process `web`: threads keep their database connection (ARCHITECTURE 2)."""

import os

bind = f"127.0.0.1:{os.environ.get('WEB_PORT', '8070')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Connections to PostgreSQL are bounded by workers x threads.

# Whoever is free accepts: one socket for all workers, not `reuse_port`. Measured with 2 workers,
# 4, 8 and 16 kept connections, 3 ms of processor a request, 30 runs each: the larger share of the
# requests was 0.50 to 0.77 with one socket, but 1.00 in 2 runs in which all clients of an idle
# server connected within a millisecond; 0.50 to 0.84 with reuse_port, which deals connections out
# by a hash of their addresses and gave 0.56 to 1.02 of the requests a second. It also gives each
# worker a queue of its own: what waits for a worker that is killed is reset, what waits for a stuck
# one waits on while others idle, and a second server started on the port by mistake takes half.
# An uneven start does not stay behind nginx, which renews a kept connection after 1,000 requests.
reuse_port = False
keepalive = 30
graceful_timeout = 10
timeout = 60
# Its socket would lie in the home directory, outside var/.
control_socket_disable = True
