"""Writes: files come and go. Bytes are written before the row, and deleted after it.

What a crash in between leaves is bytes that no row names and no address leads to.
"""

import secrets
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.db import transaction

from wificore.kernel.actor import current_actor
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot
from wificore.kernel.db.context import PUBLIC, current
from wificore.kernel.files import SchemaFiles

from . import checking
from .models import SINGLE, FileKind, StoredFile
from .selectors import attachments

FILES = SchemaFiles("uploads")
TOLD = ("name", "content_type", "size", "subject_type", "subject_id")
MOST_ATTACHMENTS = 50
CHECKS: dict[FileKind, Callable[[bytes], checking.Checked]] = {
    FileKind.LOGO: checking.logo,
    FileKind.AVATAR: checking.avatar,
    FileKind.ATTACHMENT: checking.attachment,
}


class TooMany(DomainError):
    """There are as many attachments as one thing may have."""

    status = 409
    code = "conflict"


def file_put(
    *, kind: FileKind, subject_type: str, subject_id: int, content: bytes, name: str
) -> StoredFile:
    """Keep a file; a new logo or avatar takes the old one's place.

    Raises:
        FileRefused: it may not be kept (FileTooLarge: it is too large).
        TooMany: something has attachments enough.
    """
    checked = CHECKS[kind](content)
    row = StoredFile(
        public_id=secrets.token_hex(16),
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        name=checking.plain_name(name),
        content_type=checked.content_type,
        ending=checked.ending,
        size=len(checked.content),
        created_by=current_actor().name[:254],
    )
    FILES.save(row.stored_name, ContentFile(checked.content))
    try:
        _store(row)
    except BaseException:
        FILES.delete(row.stored_name)
        raise
    return row


def file_delete(*, file: StoredFile) -> None:
    """Remove a file; its bytes go once that is committed."""
    with transaction.atomic():
        _drop(file)


def files_forget(*, subject_type: str, subject_id: int) -> None:
    """Remove all files of something that is going; inside its transaction or in one of its own."""
    if current().schema == PUBLIC:
        return  # the platform keeps no files
    with transaction.atomic():
        for row in StoredFile.objects.filter(subject_type=subject_type, subject_id=subject_id):
            _drop(row)


def _store(row: StoredFile) -> None:
    with transaction.atomic():
        if row.kind in SINGLE:
            known = StoredFile.objects.select_for_update().filter(kind=row.kind)
            for old in known.filter(subject_type=row.subject_type, subject_id=row.subject_id):
                _drop(old)
        elif attachments(row.subject_type, row.subject_id).count() >= MOST_ATTACHMENTS:
            raise TooMany(f"There are {MOST_ATTACHMENTS} attachments already: remove one first.")
        row.save()
        announce(f"{row.kind}.created", row.public_id, new=snapshot(row, TOLD))


def _drop(row: StoredFile) -> None:
    old, name, key = snapshot(row, TOLD), row.stored_name, row.public_id
    row.delete()
    announce(f"{row.kind}.deleted", key, old=old)
    transaction.on_commit(lambda: FILES.delete(name))
