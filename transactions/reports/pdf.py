"""A statement as a page to print."""

from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from transactions.ledger.statements import Line, Statement

from .amounts import spaced
from .words import said

WIDTHS = (32 * mm, 34 * mm, 54 * mm, 27 * mm, 27 * mm)
HEAD = ("When", "What", "For", "Amount", "Balance")
MARGIN = 18 * mm


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose statement it is, as its head says.

    Attributes:
        organisation: who gives it. number: an account number; empty: there is none.
    """

    organisation: str
    name: str
    number: str
    zone: str


def statement_pdf(found: Statement, holder: Holder) -> bytes:
    """The bytes of the file; the same statement gives the same bytes."""
    out = BytesIO()
    title = f"Statement {holder.number or holder.name}"
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=title,
        author=holder.organisation,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        invariant=1,
    )
    document.build(_story(found, holder), onFirstPage=_footer, onLaterPages=_footer)
    return out.getvalue()


def _story(found: Statement, holder: Holder) -> list[Any]:
    styles = getSampleStyleSheet()
    here = ZoneInfo(holder.zone)
    since, until = (at.astimezone(here).strftime("%d %b %Y %H:%M") for at in _ends(found))
    lines = [
        f"<b>{escape(holder.name)}</b>",
        *([f"Account number {escape(holder.number)}"] if holder.number else []),
        f"{since} to {until} ({escape(holder.zone)})",
        f"Amounts in {escape(found.currency)}",
    ]
    return [
        Paragraph(escape(holder.organisation), styles["Title"]),
        Paragraph("<br/>".join(lines), styles["Normal"]),
        Spacer(1, 6 * mm),
        _table(found, here, styles["BodyText"]),
    ]


def _ends(found: Statement) -> tuple[Any, Any]:
    return found.since, found.until


def _table(found: Statement, here: ZoneInfo, style: Any) -> Any:
    rows: list[Any] = [HEAD, ("", "Brought forward", "", "", spaced(found.opening_micro))]
    rows += [_row(line, here, style) for line in found.lines]
    rows += [
        ("", "Came in", "", spaced(found.in_micro), ""),
        ("", "Went out", "", spaced(found.out_micro), ""),
        ("", "Carried forward", "", "", spaced(found.closing_micro)),
    ]
    table = LongTable(rows, colWidths=WIDTHS, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
                ("FONTNAME", (0, -1), (-1, -1), "Helvetica-Bold"),
                ("FONTSIZE", (0, 0), (-1, -1), 8),
                ("ALIGN", (3, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
                ("LINEABOVE", (0, -3), (-1, -3), 0.4, colors.black),
                ("ROWBACKGROUNDS", (0, 1), (-1, -4), (colors.white, colors.whitesmoke)),
            ]
        )
    )
    return table


def _row(line: Line, here: ZoneInfo, style: Any) -> tuple[Any, ...]:
    at = line.at.astimezone(here).strftime("%d %b %Y %H:%M")
    reason = Paragraph(f'<font size="8">{escape(line.reason)}</font>', style)
    return at, said(line).what, reason, spaced(line.amount_micro), spaced(line.balance_micro)


def _footer(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"Page {document.page}")
    canvas.restoreState()
