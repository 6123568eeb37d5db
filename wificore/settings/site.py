"""What every other file of settings builds on: the environment, directories, secrets, hosts."""

from pathlib import Path

from wificore.kernel import crypto
from wificore.kernel.addresses import parse_networks
from wificore.kernel.env import Env, EnvError

env = Env()
BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")

SECRET_KEY = env.secret("SECRET_KEY")
try:
    FIELD_KEYS = crypto.parse_keys(env.secret("FIELD_KEYS"))
except ValueError as error:
    raise EnvError(str(error)) from None

# The seals of the audit trail; FIELD_KEYS serve until there are keys of their own.
try:
    audit_keys = env.optional_secret("AUDIT_KEYS")
    AUDIT_KEYS = crypto.parse_keys(audit_keys) if audit_keys else FIELD_KEYS
except ValueError:
    raise EnvError("AUDIT_KEYS must be 'id:<base64 of 32 bytes>', several with commas") from None

# Hosts: one name for the platform, one name (or more) for each tenant. Tenants bring their own
# domains, so that the tenant middleware, not this list, decides which hosts exist.
PLATFORM_HOST = env.text("PLATFORM_HOST", "platform.localhost").lower()
TENANT_BASE_DOMAIN = env.text("TENANT_BASE_DOMAIN", "localhost").lower()
WEB_PORT = env.port("WEB_PORT", 8070)
ALLOWED_HOSTS = ["*"]
# The country code of telephone numbers that people type without one: 254 is Kenya.
PHONE_COUNTRY = env.text("PHONE_COUNTRY", "254")
if not (PHONE_COUNTRY.isascii() and PHONE_COUNTRY.isdigit() and PHONE_COUNTRY[:1] != "0"):
    raise EnvError("PHONE_COUNTRY must be a country code without a plus, for example 254")
# Whose X-Forwarded-For is believed: addresses or networks of our own proxies.
TRUSTED_PROXIES = parse_networks(env.items("TRUSTED_PROXIES"))

# Private networks in which tenants may name servers that we send webhooks to (10.8.0.0/16).
OUTBOUND_PRIVATE_NETWORKS = env.networks("OUTBOUND_PRIVATE_NETWORKS")

# In mails of workers, which know no request.
PLATFORM_URL = env.text("PLATFORM_URL", f"https://{PLATFORM_HOST}").rstrip("/")
TENANT_URL = env.text("TENANT_URL", "https://{host}")
