"""Scenarios of files."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.core.files.storage import InMemoryStorage

from tests.audit.registering import inside, of
from tests.conftest import World
from tests.files.pictures import picture
from wificore.files import services as files
from wificore.files.models import FileKind, StoredFile


@contextmanager
def in_memory() -> Iterator[None]:
    store = InMemoryStorage()
    with mock.patch.dict("django.core.files.storage.storages._storages", {"uploads": store}):
        yield


def _logo() -> StoredFile:
    return files.file_put(
        kind=FileKind.LOGO, subject_type="settings", subject_id=1, content=picture(), name="a.png"
    )


@of("wificore.files.services.file_put")
def file_put(world: World) -> None:
    with inside(world), in_memory():
        _logo()


@of("wificore.files.services.file_delete")
def file_delete(world: World) -> None:
    with inside(world), in_memory():
        files.file_delete(file=_logo())


@of("wificore.files.services.files_forget")
def files_forget(world: World) -> None:
    with inside(world), in_memory():
        _logo()
        files.files_forget(subject_type="settings", subject_id=1)
