"""PostgreSQL, Redis, background tasks and stored files."""

from datetime import timedelta
from typing import Any

from psycopg2.extensions import parse_dsn

from wificore.jobs.conf import JobsConf
from wificore.kernel.db.roles import OWNER
from wificore.kernel.env import EnvError
from wificore.kernel.queues import DEFAULT_QUEUE, VISIBILITY_TIMEOUT
from wificore.webhooks.conf import WebhooksConf

from .site import VAR_DIR, env


def database(setting: str, **extra: Any) -> dict[str, Any]:
    """One entry of DATABASES from the variable with its postgresql:// URL."""
    parts = parse_dsn(env.secret(setting))
    return {
        "ENGINE": "wificore.kernel.db.backend",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user"),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host"),
        "PORT": parts.pop("port", "5432"),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **parts},
        "URL_SETTING": setting,
        **extra,
    }


DATABASES = {
    "default": database("DATABASE_URL"),
    # A second connection of a job's worker: its progress is seen while its transaction is open.
    "progress": database("DATABASE_URL"),
}
# Only migrations and provisioning hold the owner's connection (TENANCY 2).
if env.optional_secret("DATABASE_OWNER_URL"):
    DATABASES["owner"] = database("DATABASE_OWNER_URL", ACT_AS=OWNER)
DATABASE_RADIUS_URL = env.optional_secret("DATABASE_RADIUS_URL")

REDIS_URL = env.secret("REDIS_URL")
# Where the relay publishes for sockets.
EVENTS_REDIS_URL = f"{REDIS_URL.rstrip('/')}/3"
# Messages a second that one app may publish through one process of its HTTP API; an event counts
# once for each of its channels, and one call may have a thousand.
REALTIME_MESSAGES_PER_SECOND = env.integer("REALTIME_MESSAGES_PER_SECOND", 10_000)
if REALTIME_MESSAGES_PER_SECOND < 1_000:
    raise EnvError("REALTIME_MESSAGES_PER_SECOND must be 1000 or more")


def redis_cache(kind: str, number: int, backend: str = "SchemaCache") -> dict[str, Any]:
    """One entry of CACHES; every key is `wificore:<kind>:<schema>:..`."""
    return {
        "BACKEND": f"wificore.kernel.cache.{backend}",
        "LOCATION": f"{REDIS_URL.rstrip('/')}/{number}",
        "KEY_PREFIX": kind,
        "KEY_FUNCTION": "wificore.kernel.cache.make_key",
        "OPTIONS": {
            "REVERSE_KEY_FUNCTION": "wificore.kernel.cache.reverse_key",
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            # Reads and writes go on against PostgreSQL when Redis is away.
            "IGNORE_EXCEPTIONS": True,
        },
    }


CACHES = {"default": redis_cache("cache", 1), "sessions": redis_cache("session", 0, "SessionCache")}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# Background tasks (kernel/tasks.py). Messages and chords' results live in Redis database 2.
CELERY_BROKER_URL = CELERY_RESULT_BACKEND = f"{REDIS_URL.rstrip('/')}/2"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": int(VISIBILITY_TIMEOUT.total_seconds()),
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2}
CELERY_TASK_DEFAULT_QUEUE = DEFAULT_QUEUE
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = timedelta(hours=1)
# A message is done when its task is, and comes again when the worker dies under it.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Ends before Redis would hand the message to a second worker.
CELERY_TASK_TIME_LIMIT = int((VISIBILITY_TIMEOUT - timedelta(minutes=5)).total_seconds())
# One process a task: threads would share what libraries keep a process (TENANCY 1, L11).
CELERY_WORKER_POOL = "prefork"
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60
# A stop waits this long for running tasks; the launcher waits 15 s before it kills.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
# Nothing to remember: beat asks for the current windows, and claims tell what is done.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

WEBHOOKS = WebhooksConf(
    lease_s=env.integer("WEBHOOK_LEASE_S", 60),
    disable_after_days=env.integer("WEBHOOK_DISABLE_AFTER_DAYS", 5),
)
JOBS = JobsConf(lease_s=env.integer("JOB_LEASE_S", 45))


def file_storage(name: str, directory: str) -> dict[str, Any]:
    """Where files lie: a directory, or S3 if a bucket is named (`<name>_S3_BUCKET`)."""
    bucket = env.text(f"{name}_S3_BUCKET", "")
    if not bucket:
        location = env.path(f"{name}_DIR", VAR_DIR / directory)
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": location, "base_url": None, **modes},
        }
    options = {
        "bucket_name": bucket,
        "location": env.text(f"{name}_S3_PREFIX", ""),
        "endpoint_url": env.text(f"{name}_S3_ENDPOINT", "") or None,
        "region_name": env.text(f"{name}_S3_REGION", "") or None,
        # Without keys the machine's own role is used.
        "access_key": env.optional_secret(f"{name}_S3_ACCESS_KEY"),
        "secret_key": env.optional_secret(f"{name}_S3_SECRET_KEY"),
        "addressing_style": env.text(f"{name}_S3_ADDRESSING", "auto"),
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


# Days that archives of a deleted tenant stay (0: for ever). As long as the audit trail among them.
DELETED_ARCHIVE_KEEP_DAYS = env.integer("DELETED_ARCHIVE_KEEP_DAYS", 2588)
if not 0 <= DELETED_ARCHIVE_KEEP_DAYS <= 36_500:
    raise EnvError("DELETED_ARCHIVE_KEEP_DAYS must be from 0 (for ever) to 36500")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Archived partitions.
    "archive": file_storage("ARCHIVE", "archive"),
    # What people asked for, by schema (kernel/files.py); web and workers both need it.
    "exports": file_storage("EXPORT", "exports"),
    # Logos, pictures of staff, attachments, by schema (wificore/files).
    "uploads": file_storage("UPLOAD", "uploads"),
}
