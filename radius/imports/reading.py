"""A file of bytes -> its records, or one reason why it cannot be an import at all."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wificore.kernel.api.errors import DomainError

MAX_OCTETS = 10 * 1024 * 1024
# The publishing transaction then stays under 5 s (20,000 rows: 4.2 s on a busy machine).
MAX_ROWS = 20_000
COLUMNS = ("username", "password", "plan", "name", "phone", "status", "expires_at")
REQUIRED = ("username", "password", "plan")
# An update may leave out whatever it does not change.
REQUIRED_UPDATE = ("username",)
FIELD = "file"


class FileRefused(DomainError):
    """The file as a whole cannot be read; no row of it was looked at."""

    code = "validation_error"

    def __init__(self, message: str) -> None:
        super().__init__(message, field=FIELD)


class FileTooLarge(FileRefused):
    """More octets than an import may have."""

    status = 413
    code = "too_large"

    def __init__(self) -> None:
        super().__init__(f"An import has at most {MAX_OCTETS // 1024**2} MiB: split the file.")


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file: the line it begins in, and its cells by column ("": not given).

    Attributes:
        surplus: how many cells there are beyond the header's.
    """

    line: int
    cells: dict[str, str]
    surplus: int


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, with or without byte order mark.

    Raises:
        FileTooLarge: more than MAX_OCTETS.
        FileRefused: not UTF-8 text.
    """
    if len(content) > MAX_OCTETS:
        raise FileTooLarge
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused(f"Line {line} is not UTF-8: save the file as CSV UTF-8.") from None
    if "\0" in text:
        raise FileRefused("This is not a text file.")
    return text


def count(text: str, *, update: bool) -> int:
    """Read the whole file once; how many rows it has.

    Raises:
        FileRefused: as `records`; or it has no rows, or too many.
    """
    rows = 0
    for rows, _ in enumerate(records(text, update=update), start=1):  # the count
        if rows > MAX_ROWS:
            raise FileRefused(f"An import has at most {MAX_ROWS:,} rows: split the file.")
    if not rows:
        raise FileRefused("The file has no rows below its header.")
    return rows


def records(text: str, *, update: bool) -> Iterator[Record]:
    """Its rows; empty lines are passed over.

    Raises:
        FileRefused: the header is not one of ours, or quotes are out of order.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = _header(next(reader, []), REQUIRED_UPDATE if update else REQUIRED)
        began = reader.line_num + 1
        for cells in reader:
            if any(cells):
                given = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
                yield Record(began, given, len(cells) - len(header))
            began = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(f"Line {reader.line_num}: {error}.") from None


def _delimiter(text: str) -> str:
    """Comma, or the semicolon of spreadsheets in countries that write 1,5."""
    header = text.lstrip("\r\n").partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _header(cells: Sequence[str], required: Sequence[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if unknown := [name for name in names if name not in COLUMNS]:
        known = ", ".join(COLUMNS)
        raise FileRefused(f"Unknown column {unknown[0][:40]!r}. Line 1 names columns: {known}.")
    if twice := [name for name in names if names.count(name) > 1]:
        raise FileRefused(f"The column {twice[0]} is there twice.")
    if missing := [name for name in required if name not in names]:
        raise FileRefused(f"The column {missing[0]} is missing.")
    return names
