"""What an archived partition is: written beside its file, read before anything is believed of it.

    <schema>/<table>/<partition>.<16 hex digits of the rows' SHA-256>.csv.zst   the rows
    <schema>/<table>/<partition>.<the same>.json                                this, written last

Names come from the content, so that nothing archived is ever overwritten by something else.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from .calendar import Span

FORMAT = 1


class ArchiveInvalid(RuntimeError):
    """An archive is not what its manifest says, or its manifest is not one of ours."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One archived partition.

    Attributes:
        columns: names and types, in the order of the file.
        rows: as COPY counted them; `csv_sha256` and `csv_bytes` are of the uncompressed rows.
        file_sha256: of the compressed file.
    """

    schema: str
    table: str
    name: str
    key: str
    lower: str
    upper: str
    columns: Sequence[tuple[str, str]]
    rows: int
    csv_bytes: int
    csv_sha256: str
    file_bytes: int
    file_sha256: str
    archived_at: str
    format: int = FORMAT

    @property
    def stem(self) -> str:
        return f"{self.schema}/{self.table}/{self.name}.{self.csv_sha256[:16]}"

    @property
    def file(self) -> str:
        return f"{self.stem}.csv.zst"

    @property
    def note(self) -> str:
        """Where the manifest itself lies."""
        return f"{self.stem}.json"

    @property
    def span(self) -> Span:
        return Span(datetime.fromisoformat(self.lower), datetime.fromisoformat(self.upper))

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()


def parse(content: bytes) -> Manifest:
    """A manifest from its file.

    Raises:
        ArchiveInvalid: it is damaged, or of a format that this version does not know.
    """
    try:
        facts: dict[str, Any] = json.loads(content)
        if facts.get("format") != FORMAT or set(facts) != {
            field.name for field in fields(Manifest)
        }:
            raise ArchiveInvalid("not a manifest of a format that this version reads")
        columns = [(str(name), str(kind)) for name, kind in facts.pop("columns")]
        return Manifest(**facts, columns=columns)
    except (ValueError, TypeError, AttributeError) as error:
        raise ArchiveInvalid(f"a damaged manifest: {error}") from None
