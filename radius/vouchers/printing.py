"""Sheets of vouchers to print and cut: A4, three across, eight down, each with its QR code."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from io import BytesIO
from itertools import groupby
from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from .models import VoucherBatch

ACROSS, DOWN, MARGIN = 3, 8, 8 * mm
WIDTH, HEIGHT = (A4[0] - 2 * MARGIN) / ACROSS, (A4[1] - 2 * MARGIN) / DOWN
PAD, QR = 3 * mm, 20 * mm
# Light modules around a square; the cards have room besides (ISO/IEC 18004 asks for four).
QUIET = 2
# So many vouchers a file: some seconds of work.
PART = 20 * ACROSS * DOWN
FONT, BOLD, SIZE = "Helvetica", "Helvetica-Bold", 8
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def sheets(
    batch: VoucherBatch, codes: Sequence[Mapping[str, Any]], organisation: str, here: tzinfo
) -> bytes:
    """The bytes of the file; the same codes give the same bytes.

    Args:
        codes: `code` and `account` of each voucher. here: whose days are printed.
    """
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(f"Vouchers {batch.name}")
    head = [(organisation, BOLD), *((line, FONT) for line in _terms(batch, here))]
    for place, voucher in enumerate(codes):
        on_page = place % (ACROSS * DOWN)
        if place and not on_page:
            canvas.showPage()
        row, column = divmod(on_page, ACROSS)
        left, bottom = MARGIN + column * WIDTH, A4[1] - MARGIN - (row + 1) * HEIGHT
        _card(canvas, left, bottom, head, voucher)
    canvas.save()
    return out.getvalue()


def _card(
    canvas: Any,
    left: float,
    bottom: float,
    head: Sequence[tuple[str, str]],
    voucher: Mapping[str, Any],
) -> None:
    canvas.setDash(1, 2)
    canvas.rect(left, bottom, WIDTH, HEIGHT)
    canvas.setDash()
    room, at = WIDTH - QR - 2 * PAD, bottom + HEIGHT - PAD - 8
    for text, font in (*head, (str(voucher["account"]), FONT)):
        canvas.setFont(font, SIZE)
        canvas.drawString(left + PAD, at, (simpleSplit(text, font, SIZE, room) or [""])[0])
        at -= SIZE + 2.5
    code = str(voucher["code"])
    size = min(13.0, (WIDTH - 2 * PAD) / (0.62 * len(code)))
    canvas.setFont("Courier-Bold", size)
    canvas.drawString(left + PAD, bottom + PAD, code)
    _square(
        canvas, code.replace("-", ""), left + WIDTH - QR - 1 * mm, bottom + HEIGHT - QR - 1 * mm
    )


def _square(canvas: Any, text: str, left: float, bottom: float) -> None:
    """Each row's dark runs in one path: ReportLab's own widget takes several times as long."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    rows = [list(row) for row in code.modules]
    unit = QR / (len(rows) + 2 * QUIET)
    path = canvas.beginPath()
    for place, row in enumerate(rows):
        level = bottom + QR - (place + 1 + QUIET) * unit
        column = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                path.rect(left + (column + QUIET) * unit, level, width * unit, unit)
            column += width
    canvas.drawPath(path, stroke=0, fill=1)


def _terms(batch: VoucherBatch, here: tzinfo) -> list[str]:
    """`Daily`, `24 hours, KES 20`, `begin by 31 Dec 2026`."""
    parts = [_duration(batch.validity_s)] if batch.validity_s else []
    if batch.price_micro and not batch.free:
        whole, rest = divmod(batch.price_micro, 1_000_000)
        cents = f".{rest // 10_000:02}" if rest else ""
        parts.append(f"{batch.currency} {whole:,}{cents}")
    until = batch.expires_at
    last = [f"begin by {until.astimezone(here):%d %b %Y}"] if until else []
    return [batch.plan.name, ", ".join(parts), *last]


def _duration(seconds: int) -> str:
    name, size = next((u for u in UNITS if seconds % u[1] == 0), ("second", 1))
    number = seconds // size
    return f"{number} {name}{'' if number == 1 else 's'}"
