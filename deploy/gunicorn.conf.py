"""gunicorn for the process `web`: threads keep their database connection (ARCHITECTURE 2)."""

import os

bind = f"127.0.0.1:{os.environ.get('WEB_PORT', '8070')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Connections to PostgreSQL are bounded by workers x threads.
keepalive = 30
graceful_timeout = 10
timeout = 60
# Its socket would lie in the home directory, outside var/.
control_socket_disable = True
