"""The demo's accounts at M-Pesa's stand-in."""

from typing import Any

from django.conf import settings

from transactions.payments.gateways.providers import callback_token, mpesa_account
from transactions.payments.services import mpesa_account_save

from .people import DemoTenant

# Safaricom's own, for its sandbox; the stand-in takes any.
PASSKEY = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"


def mpesa(demo: DemoTenant) -> dict[str, Any]:
    """Point the account at where the stand-in is now; what stack.json says of it."""
    row = mpesa_account()
    here = f"http://127.0.0.1:{settings.MPESA_SIMULATOR_PORT}"
    if not row.enabled or row.base_url != here:
        row.enabled, row.base_url, row.pull_enabled = True, here, True
        row.shortcode, row.consumer_key = demo.shortcode, f"{demo.slug}-daraja-key"
        row.initiator = f"{demo.slug}-initiator"
        secrets = {
            "consumer_secret": f"{demo.slug}-daraja-secret",
            "passkey": PASSKEY,
            "credential": f"{demo.slug}-initiator-credential",
        }
        mpesa_account_save(row=row, secrets_given=secrets)
    return {"shortcode": row.shortcode, "callback_token": callback_token()}
