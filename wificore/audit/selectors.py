"""Reads: lines of the active schema's trail."""

from datetime import datetime

from django.db.models import QuerySet

from .models import AuditEntry


def entries(*, since: datetime, until: datetime) -> QuerySet[AuditEntry]:
    """Lines of a time range, newest first."""
    return AuditEntry.objects.filter(at__gte=since, at__lt=until).order_by("-at", "-id")
