"""Development and the demo stack: plain HTTP on loopback."""

from .stack import adopt_running_stack

adopt_running_stack()

from transactions.payments.conf import SAFARICOM, PaymentsConf  # noqa: E402

from .base import *  # noqa: E402, F403  # Django's own way to derive settings
from .base import INSTALLED_APPS, PLATFORM_HOST, REALTIME, WEB_PORT, env  # noqa: E402

DEBUG = env.boolean("DEBUG", False)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
PLATFORM_URL = env.text("PLATFORM_URL", f"http://{PLATFORM_HOST}:{WEB_PORT}")
TENANT_URL = env.text("TENANT_URL", f"http://{{host}}:{WEB_PORT}")
# No proxy joins the two servers.
REALTIME_PUBLIC_PORT = env.integer("REALTIME_PUBLIC_PORT", REALTIME.port)
CSRF_TRUSTED_ORIGINS: list[str] = []
INSTALLED_APPS = [*INSTALLED_APPS, "wificore.demo"]
# Directories, OpenID providers and receivers of webhooks on this machine, also without TLS.
SSO_PRIVATE_NETWORKS = env.networks("SSO_PRIVATE_NETWORKS", "127.0.0.0/8,::1/128")
OUTBOUND_PRIVATE_NETWORKS = env.networks("OUTBOUND_PRIVATE_NETWORKS", "127.0.0.0/8,::1/128")
# Where the launcher's stand-in for Africa's Talking listens; the demo's accounts name it.
SMS_SIMULATOR_PORT = env.port("SMS_SIMULATOR_PORT", 8095)
# Where the launcher's stand-in for M-Pesa listens; the demo's accounts name it.
MPESA_SIMULATOR_PORT = env.port("MPESA_SIMULATOR_PORT", 8096)
PAYMENTS = PaymentsConf(
    callback_networks=env.networks("MPESA_CALLBACK_NETWORKS", f"127.0.0.0/8,::1/128,{SAFARICOM}"),
    strangers_per_minute=env.integer("CALLBACK_STRANGERS_PER_MINUTE", 18_000),
)
# Static files come straight from the apps; nothing is collected.
STATIC_ROOT = None
