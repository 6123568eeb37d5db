"""Structured logs: one JSON object a line, with tenant and request id from the context."""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from .db.context import peek

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def add_tenant(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Name the schema that is active while the line is written."""
    scope = peek()
    if scope is not None:
        event["schema"] = scope.schema
    return event


def dict_config(level: str, *, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to stderr, structlog and the standard library alike."""
    final: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED, add_tenant],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    final,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"handlers": ["stderr"], "level": level, "propagate": False}},
    }


def configure() -> None:
    """Send structlog's own loggers through the same formatter."""
    structlog.configure(
        processors=[*SHARED, add_tenant, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose keyword arguments become fields; never pass a secret."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


logging.captureWarnings(True)
