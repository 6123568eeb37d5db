"""Files of a schema: each under its own schema's name, in one of the settings' storages.

    files = SchemaFiles("exports")
    files.save("20261121.17.csv", File(spool))       # exports: ts_acme/20261121.17.csv

The schema comes from the context and a name has no directories, so that no name leads to another
tenant's file.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from django.core.files import File
from django.core.files.storage import Storage, storages

from .db.context import current
from .sql import SCHEMA_NAME

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


class BadName(ValueError):
    """Not the name of a file of ours; it may come from a request."""


class SchemaFiles:
    """The active schema's files in the storage with this alias.

    Every method raises `ContextRequired` outside a context, and `BadName`.
    """

    def __init__(self, alias: str) -> None:
        self._alias = alias

    def save(self, name: str, content: File[bytes]) -> None:
        """Write a file; one that has this name already is replaced."""
        path, store = _path(name), self._store
        store.delete(path)
        if (saved := store.save(path, content)) != path:
            store.delete(saved)
            raise FileExistsError(f"{path} was written by somebody else meanwhile")

    def open(self, name: str) -> File[bytes]:
        """A file for reading, which may go on after the context has ended.

        Raises:
            FileNotFoundError: there is none.
        """
        file: File[bytes] = self._store.open(_path(name))
        return file

    def delete(self, name: str) -> None:
        """Delete a file; nothing happens if there is none."""
        self._store.delete(_path(name))

    def exists(self, name: str) -> bool:
        return bool(self._store.exists(_path(name)))

    def names(self) -> list[str]:
        """All files of the active schema."""
        return _names(self._store, current().schema)

    def written_at(self, name: str) -> datetime:
        """When a file was written."""
        return self._store.get_modified_time(_path(name))

    def all_of(self, schema: str) -> Iterator[tuple[str, File[bytes]]]:
        """Every file of a schema that is going, by name, open until the next one is asked for."""
        if not SCHEMA_NAME.fullmatch(schema):
            raise BadName(schema)
        for name in _names(self._store, schema):
            with self._store.open(f"{schema}/{name}") as file:
                yield name, file

    def forget(self, schema: str) -> None:
        """Delete every file of a schema that is going."""
        if not SCHEMA_NAME.fullmatch(schema):
            raise BadName(schema)
        for name in _names(self._store, schema):
            self._store.delete(f"{schema}/{name}")

    @property
    def _store(self) -> Storage:
        return storages[self._alias]


def _path(name: str) -> str:
    if not NAME.fullmatch(name):
        raise BadName(f"not a file's name: {name!r}")
    return f"{current().schema}/{name}"


def _names(store: Storage, schema: str) -> list[str]:
    try:
        return sorted(store.listdir(schema)[1])
    except FileNotFoundError:
        return []
