"""Names and times of the task queues, for settings and tasks alike; imports nothing."""

from datetime import timedelta

DEFAULT_QUEUE = "default"
# Provisioning, partitions, migrations: served by the one worker with the owner's login.
DDL_QUEUE = "ddl"
# What calls others' servers, which may be slow: one that hangs delays nothing else.
OUTBOUND_QUEUE = "outbound"
# Redis gives an unfinished message to a second worker after this long.
VISIBILITY_TIMEOUT = timedelta(hours=1)
# So no message may wait longer than this, or two workers would have it.
LONGEST_DELAY = timedelta(minutes=50)
