"""What may be kept is told by a file's own bytes, and pictures are written anew."""

import io
import zlib

import pytest
from PIL import Image

from tests.files.pictures import PDF, SVG, picture, read
from wificore.files import checking
from wificore.files.checking import FileRefused, FileTooLarge, plain_name

HIDDEN = b"<?php hidden(); ?>"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_but_pixels_comes_along(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    sent = picture(kind, exif=exif) + HIDDEN
    for kept in (checking.attachment(sent), checking.logo(sent), checking.avatar(sent)):
        assert b"secret place" not in kept.content
        assert HIDDEN not in kept.content
        assert not read(kept.content).getexif()
    assert checking.attachment(sent).content_type == f"image/{kind.lower()}"


def test_a_picture_that_was_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = checking.attachment(picture("JPEG", (40, 20), exif=exif))
    assert read(kept.content).size == (20, 40)


def test_a_logo_keeps_its_shape_and_its_transparency() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (2000, 1000), (0, 128, 128, 0)).save(out, "PNG")
    kept = read(checking.logo(out.getvalue()).content)
    assert (kept.size, kept.format) == ((512, 256), "PNG")
    assert kept.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_an_avatar_is_the_middle_as_a_square() -> None:
    kept = read(checking.avatar(picture("JPEG", (3000, 1000))).content)
    assert (kept.size, kept.format) == ((256, 256), "WEBP")


def test_a_paper_stays_as_it_is() -> None:
    kept = checking.attachment(PDF)
    assert (kept.content, kept.content_type, kept.ending) == (PDF, "application/pdf", "pdf")


@pytest.mark.parametrize(
    "content",
    [b"", SVG, b"GIF89a" + bytes(40), b"<html></html>", b"MZ\x90", b"PK\x03\x04", b"%!PS"],
)
def test_what_it_is_not_is_refused(content: bytes) -> None:
    for check in (checking.attachment, checking.logo, checking.avatar):
        with pytest.raises(FileRefused) as refused:
            check(content)
        assert refused.value.field == "file"


@pytest.mark.parametrize("content", [PDF, SVG])
def test_a_picture_must_be_one(content: bytes) -> None:
    for check in (checking.logo, checking.avatar):
        with pytest.raises(FileRefused):
            check(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_broken_picture_is_refused(kind: str) -> None:
    whole = picture(kind, (400, 400))
    with pytest.raises(FileRefused):
        checking.attachment(whole[: len(whole) // 3])


def test_a_file_or_a_picture_may_be_too_large() -> None:
    with pytest.raises(FileTooLarge):
        checking.attachment(PDF + bytes(checking.MAX_OCTETS))
    bomb = picture("PNG", (1, 1))
    # IHDR says 30,000 x 30,000; its checksum is behind it.
    at = bomb.index(b"IHDR")
    header = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + bomb[at + 12 : at + 17]
    made = bomb[:at] + header + zlib.crc32(header).to_bytes(4, "big") + bomb[at + 21 :]
    with pytest.raises(FileRefused, match="million pixels"):
        checking.logo(made)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("id card.png", "id card.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\me.png", "me.png"),
        ("a\u202egnp.exe", "a gnp.exe"),
        ("\r\nSet-Cookie: x", "Set-Cookie: x"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
    ],
)
def test_a_name_is_only_a_name(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept
