"""What a line of a statement was, in words: "Water, 20 L at Mlango", "WiFi, Daily" (pure)."""

from dataclasses import dataclass

from transactions.ledger.statements import Line

WIFI, WATER, BOTH, MONEY = "wifi", "water", "both", "money"
SERVICES = (WIFI, WATER, BOTH, MONEY)
# By what transfers are called before their channel.
HEADS = {
    "topup": (MONEY, "Paid in"),
    "sale": (WIFI, "WiFi"),
    "bundle": (BOTH, "WiFi and water"),
    "dispense": (WATER, "Water"),
    "refund": (WIFI, "WiFi given back"),
    "reversal": (MONEY, "Taken back"),
    "suspense": (MONEY, "Found its owner"),
    "float": (MONEY, "Float"),
    "adjustment": (MONEY, "Correction"),
}
# Whole names that are something else than their beginning says.
WHOLE = {"refund.water": (WATER, "Water given back")}
# What the customer knows without being told how.
SILENT = frozenset({"dispense", "sale", "bundle", "refund"})


@dataclass(frozen=True, slots=True)
class Said:
    """One line in words.

    Attributes:
        service: one of SERVICES. what: in a word or two. text: all of it.
    """

    service: str
    what: str
    text: str


def said(line: Line) -> Said:
    """A kind that is not known here is called as the books call it."""
    begins, _, channel = line.kind.partition(".")
    service, head = WHOLE.get(line.kind) or HEADS.get(begins) or (MONEY, line.kind)
    how = channel if begins in HEADS and begins not in SILENT else ""
    what = f"{head}, {how}" if how else head
    return Said(service, what, f"{what}, {line.reason}" if line.reason else what)


def by_service(lines: list[Line]) -> dict[str, int]:
    """What came (above 0) and went for each service, in micro-units."""
    found = dict.fromkeys(SERVICES, 0)
    for line in lines:
        found[said(line).service] += line.amount_micro
    return found
