"""What people are told of tills: a drawer in which money is missing, or too much."""

from wificore.kernel.events import Payload
from wificore.kernel.notices import WARNING, notice


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
