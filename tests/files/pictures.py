"""Pictures and papers as people send them."""

import io
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.conftest import Person

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **options: Any
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def read(content: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


def send(person: Person, method: str, url: str, content: bytes | None, name: str = "a.png") -> Any:
    """A form with the file, as a browser sends it."""
    data = {} if content is None else {"file": SimpleUploadedFile(name, content)}
    body = encode_multipart(BOUNDARY, data)
    return person.client().generic(method.upper(), url, body, MULTIPART_CONTENT)


@dataclass(frozen=True)
class Fetched:
    status: int
    headers: Any
    content: bytes


def fetch(address: str, host: str = "alpha.localhost", client: Client | None = None) -> Fetched:
    """What an address gives to whoever has it, read to its end."""
    answer: Any = (client or Client(headers={"host": host})).get(address)
    content: bytes = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return Fetched(answer.status_code, answer.headers, content)
