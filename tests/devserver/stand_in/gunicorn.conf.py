"""Stand-in for deploy/gunicorn.conf.py."""

import os

bind = f"127.0.0.1:{os.environ['WEB_PORT']}"
workers = 2
