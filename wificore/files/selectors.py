"""Reads: files, and the addresses of pictures."""

from collections.abc import Iterable

from django.db.models import QuerySet

from wificore.kernel.db.context import PUBLIC, current

from .links import url_of
from .models import FileKind, StoredFile

LOGO_OF = ("settings", 1)


def attachments(subject_type: str, subject_id: int) -> QuerySet[StoredFile]:
    """What is attached to something, newest first."""
    rows = StoredFile.objects.filter(kind=FileKind.ATTACHMENT)
    return rows.filter(subject_type=subject_type, subject_id=subject_id)


def logo_url() -> str | None:
    """The address of the tenant's logo; None: it has none."""
    subject_type, subject_id = LOGO_OF
    return _urls(FileKind.LOGO, subject_type, [subject_id]).get(subject_id)


def avatar_urls(user_ids: Iterable[int]) -> dict[int, str]:
    """Addresses of users' pictures by the user's id; who has none is not in it."""
    return _urls(FileKind.AVATAR, "user", user_ids)


def _urls(kind: FileKind, subject_type: str, ids: Iterable[int]) -> dict[int, str]:
    if current().schema == PUBLIC:
        return {}  # the platform keeps no files
    rows = StoredFile.objects.filter(kind=kind, subject_type=subject_type, subject_id__in=ids)
    return {row.subject_id: url_of(row) for row in rows}
