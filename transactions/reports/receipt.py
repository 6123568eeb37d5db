"""A receipt as a strip of paper: 80 mm wide, as long as it must be."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

WIDTH, MARGIN, LEADING, SIZE = 80 * mm, 5 * mm, 13, 9
FONT, BOLD = "Helvetica", "Helvetica-Bold"


def receipt_pdf(head: str, lines: Sequence[tuple[str, str]], foot: str) -> bytes:
    """The bytes of the file.

    Args:
        lines: what is said on the left, and on the right.
    """
    inner = WIDTH - 2 * MARGIN
    heads = simpleSplit(head, BOLD, SIZE + 2, inner)
    feet = simpleSplit(foot, FONT, SIZE, inner)
    rows = [row for left, right in lines for row in _rows(left, right, inner)]
    height = 2 * MARGIN + LEADING * (len(heads) + len(rows) + len(feet) + 2)
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, height), invariant=1)
    canvas.setTitle(head)
    at = height - MARGIN - LEADING
    for text in heads:
        canvas.setFont(BOLD, SIZE + 2)
        canvas.drawCentredString(WIDTH / 2, at, text)
        at -= LEADING
    canvas.setFont(FONT, SIZE)
    for left, right in [("", ""), *rows, ("", "")]:
        canvas.drawString(MARGIN, at, left)
        canvas.drawRightString(WIDTH - MARGIN, at, right)
        at -= LEADING
    for text in feet:
        canvas.drawCentredString(WIDTH / 2, at, text)
        at -= LEADING
    canvas.save()
    return out.getvalue()


def _rows(left: str, right: str, inner: float) -> list[tuple[str, str]]:
    """In one line if both fit beside each other; what is long goes on below."""
    parts = simpleSplit(right, FONT, SIZE, inner * 0.62) or [""]
    return [(left if number == 0 else "", part) for number, part in enumerate(parts)]
