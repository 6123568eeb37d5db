"""The Celery application as the processes `worker`, `worker-ddl` and `beat` load it."""

import logging
import sys
import warnings
from typing import Any

import django
from celery.platforms import SecurityWarning
from celery.signals import beat_init, setup_logging, worker_init

django.setup()

from wificore.beat import SCHEDULE  # noqa: E402  # the apps must be loaded first
from wificore.jobs.beat import entries  # noqa: E402
from wificore.jobs.recurring import register  # noqa: E402
from wificore.kernel.db.boot import refuse_mixing_pools  # noqa: E402
from wificore.kernel.db.pooling import PoolModeRefused  # noqa: E402
from wificore.kernel.logging import get  # noqa: E402
from wificore.kernel.tasks import app  # noqa: E402

__all__ = ["app"]

# A line for every message received, sent, done: beat alone would fill a screen in a minute.
CHATTY = ("celery.worker.strategy", "celery.app.trace", "celery.beat", "celery.worker.consumer")

# About who runs a worker that unpickles; ours takes JSON only.
warnings.simplefilter("ignore", SecurityWarning)
register(SCHEDULE)
app.conf.beat_schedule = entries(SCHEDULE)


@setup_logging.connect  # type: ignore[untyped-decorator]  # celery has no types
def keep_our_logging(**_options: Any) -> None:
    """Celery's lines look like all others: Django has set the logging up already."""
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


@worker_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def refuse_to_work_through_a_mixing_pool(**_options: Any) -> None:
    """Messages stay in their queues. Celery logs a signal's exceptions and goes on, so: exit."""
    try:
        refuse_mixing_pools()
    except PoolModeRefused as refused:
        sys.exit(str(refused))


@beat_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def say_ready(**_options: Any) -> None:
    """Workers say it by themselves."""
    get("wificore.beat").info("ready")
