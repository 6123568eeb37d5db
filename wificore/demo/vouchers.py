"""The demo's vouchers: some to try at a login, some to sell at the till."""

from radius.models import Plan
from radius.vouchers.models import State, Voucher, VoucherBatch
from radius.vouchers.selectors import code_of
from radius.vouchers.services import voucher_batch_create

from .people import PLANS

GIVEN, PRINTED = "Reception", "Kiosk"
SHOWN = 10


def vouchers() -> list[str]:
    """Make them once; codes that are sold and not begun yet, for stack.json."""
    plan = Plan.objects.get(name=PLANS[0]["name"])
    if not VoucherBatch.objects.exists():
        voucher_batch_create(plan=plan, name=GIVEN, count=50, free=True)
        voucher_batch_create(plan=plan, name=PRINTED, count=120, prefix="KE")
    ready = Voucher.objects.filter(batch__name=GIVEN, state=State.SOLD).order_by("pk")
    return [code_of(voucher) for voucher in ready[:SHOWN]]
