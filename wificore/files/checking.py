"""What a file is by its own bytes, and pictures written anew.

A name and a Content-Type are what the sender says; both are ignored. A picture is decoded and
encoded again, so that what the camera noted (where, when, whose) and what hides behind the picture
do not come along. SVG is a program and is refused.
"""

import io
import re
from dataclasses import dataclass

from PIL import Image, ImageOps

from wificore.kernel.api.errors import DomainError

MAX_OCTETS = 8 * 1024 * 1024
MAX_PIXELS = 50_000_000
FIELD = "file"
# Ours is stricter, and an error instead of a warning.
Image.MAX_IMAGE_PIXELS = None

LOGO_BOX = (512, 512)
AVATAR_SIDE = 256
# What one reads on a photographed paper; a phone's camera takes more than anybody needs.
ATTACHMENT_BOX = (3000, 3000)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]")
MAX_NAME = 120


class FileRefused(DomainError):
    """It is not a file that may be kept here."""

    code = "file_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, field=FIELD)


class FileTooLarge(FileRefused):
    status = 413
    code = "too_large"

    def __init__(self) -> None:
        super().__init__(f"A file may have {MAX_OCTETS // 1024**2} MiB at most.")


@dataclass(frozen=True, slots=True)
class Checked:
    """Bytes that may be kept, and what they are."""

    content: bytes
    content_type: str
    ending: str


def logo(content: bytes) -> Checked:
    """A picture as PNG, at most 512 pixels wide and high. Raises FileRefused."""
    picture = _picture(content, LOGO_BOX)
    return _encoded(picture.convert("RGBA"), "PNG")


def avatar(content: bytes) -> Checked:
    """The middle of a picture as WebP, a square of 256 pixels. Raises FileRefused."""
    picture = _picture(content, (AVATAR_SIDE * 4, AVATAR_SIDE * 4)).convert("RGB")
    return _encoded(ImageOps.fit(picture, (AVATAR_SIDE, AVATAR_SIDE)), "WEBP")


def attachment(content: bytes) -> Checked:
    """A PDF as it is, a picture written anew in its own format. Raises FileRefused."""
    _check_size(content)
    if content.startswith(b"%PDF-"):
        return Checked(content, "application/pdf", "pdf")
    kind = _format(content)
    picture = _picture(content, ATTACHMENT_BOX)
    return _encoded(picture.convert("RGBA" if kind == "PNG" else "RGB"), kind)


def plain_name(name: str) -> str:
    """A name without directories and without signs that nobody sees."""
    found = UNPRINTABLE.sub(" ", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    return found[-MAX_NAME:] or "file"


def _check_size(content: bytes) -> None:
    if len(content) > MAX_OCTETS:
        raise FileTooLarge
    if not content:
        raise FileRefused("The file is empty.")


def _format(content: bytes) -> str:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise FileRefused("Send a PNG, JPEG or WebP picture, or as an attachment a PDF.")


def _picture(content: bytes, box: tuple[int, int]) -> Image.Image:
    """The picture the right way up, made smaller to fit into the box."""
    _check_size(content)
    kind = _format(content)
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise FileRefused(f"A picture may have {MAX_PIXELS // 10**6} million pixels.")
            # JPEG: decoded at a fraction of its size, if that is enough.
            opened.draft("RGB", box)
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail(box)
            return upright
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise FileRefused("This picture cannot be read.") from error


def _encoded(picture: Image.Image, kind: str) -> Checked:
    # A new picture: nothing but pixels.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, kind, **({"optimize": True} if kind == "PNG" else {"quality": 85}))
    ending = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}[kind]
    return Checked(out.getvalue(), f"image/{kind.lower()}", ending)
