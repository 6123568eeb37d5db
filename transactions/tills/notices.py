"""What people are told of tills: a drawer that differs, a refund that waits."""

from wificore.kernel.events import Payload
from wificore.kernel.notices import INFO, WARNING, Work, notice, whom


def _differs(payload: Payload) -> bool:
    return bool(payload.get("difference_micro"))


notice(
    "shift.closed",
    WARNING,
    view="payments.payment.view",
    when=_differs,
    sample={
        "id": "6f1c02b9d3a74e55",
        "site": 3,
        "cashier": 7,
        "cashier_name": "amina@acme.test",
        "currency": "KES",
        "expected_micro": 4_500_000_000,
        "counted_micro": 4_450_000_000,
        "difference_micro": -50_000_000,
    },
)

APPROVAL = {
    "id": "1b7c02b9d3a74e55",
    "site": 3,
    "sale": "8f1c02b9d3a74e55",
    "receipt": "R-000123",
    "amount_micro": 500_000_000,
    "currency": "KES",
    "pay": "cash",
    "reason": "It did not work",
    "asked_by": 7,
    "asked_name": "amina@acme.test",
    "decided_name": "",
    "note": "",
    "state": "asked",
}
PAGE = "/sales/{sale}"

notice(
    "refund.asked",
    WARNING,
    view="tills.refund.approve",
    link=PAGE,
    work=Work(),
    sample=APPROVAL,
)
for answer in ("approved", "declined"):
    notice(
        f"refund.{answer}",
        INFO,
        view="tills.sale.view",
        people=whom("asked_by"),
        link=PAGE,
        ends="refund.asked",
        sample={**APPROVAL, "state": answer, "decided_name": "brian@acme.test", "note": "Ask me"},
    )
