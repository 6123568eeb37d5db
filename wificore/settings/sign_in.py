"""Who may come in, and how: django-allauth, passwords, single sign-on (docs/sign-in.md)."""

from datetime import timedelta
from importlib.util import find_spec

from wificore.access.signin.conf import SignInConf, jwt_key

from .site import SECRET_KEY, env

AUTH_USER_MODEL = "access.User"
KNOX_TOKEN_MODEL = "access.ApiToken"
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_MODEL": KNOX_TOKEN_MODEL}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_REDIRECT_URL = "/admin/"
# The guard comes first and counts; whatever checks a password stands behind it (signin/guard.py).
AUTHENTICATION_BACKENDS = [
    "wificore.access.signin.guard.Guard",
    "wificore.access.signin.backend.PasswordBackend",
]
# python-ldap is built from C: without it everything else works.
LDAP_INSTALLED = find_spec("django_auth_ldap") is not None
if LDAP_INSTALLED:
    AUTHENTICATION_BACKENDS.append("wificore.access.sso.directory.backend.DirectoryBackend")
# Private networks in which tenants may name directories and OpenID providers (10.8.0.0/16).
SSO_PRIVATE_NETWORKS = env.networks("SSO_PRIVATE_NETWORKS")
SIGN_IN = SignInConf(
    tries=env.integer("SIGN_IN_TRIES", 20),
    per_minute=env.integer("SIGN_INS_PER_MINUTE", 300),
    locked_s=env.integer("SIGN_IN_LOCKED_S", 15 * 60),
)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_NAME = "wc_session"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
PLATFORM_SESSION_COOKIE_NAME = "wc_platform_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "wificore.kernel.api.views.csrf_failure"

# django-allauth, for programs only: it has no pages of its own (ACCESS, Sign-in).
HEADLESS_ONLY = True
# Apps: short-lived access tokens, checked against the sign-in that they belong to.
HEADLESS_TOKEN_STRATEGY = "wificore.access.signin.app_tokens.TokenStrategy"
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_PRIVATE_KEY = jwt_key(env.optional_secret("JWT_SIGNING_KEY"), SECRET_KEY)
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = env.integer("JWT_ACCESS_TOKEN_S", 5 * 60)
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = SESSION_COOKIE_AGE
# Pages of the web client, on the host that the user is on.
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": "/sign-in/confirm/{key}",
    "account_reset_password": "/sign-in/reset",
    "account_reset_password_from_key": "/sign-in/reset/{key}",
    "account_signup": "/sign-in",
    "socialaccount_login_error": "/sign-in/failed",
}
ACCOUNT_ADAPTER = "wificore.access.signin.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Staff are made by administrators, who vouch for the address: allauth sends no confirmation.
ACCOUNT_EMAIL_VERIFICATION = "none"
# The address is the user's name here; administrators change it (access/services.py).
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
# The adapter asks a worker for any address alike; a stranger's gets no mail.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
USERSESSIONS_ADAPTER = "wificore.access.signin.adapters.SessionsAdapter"
# OpenID providers are the tenants' own rows.
SOCIALACCOUNT_ADAPTER = "wificore.access.sso.oidc.adapter.SocialAdapter"
MFA_ADAPTER = "wificore.access.signin.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# What the guard counts, allauth need not: its limits would fire first, and refuse everybody while
# Redis is away.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reauthenticate": None,
    "change_password": None,
    "reset_password_from_key": None,
    "reset_password": "60/m/ip,5/m/key",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "wificore.access.signin.reset.ResetKeys"
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())

# Strangers may ask for a tenant on the platform's host (tenants/sign_up).
SIGN_UP_OPEN = env.boolean("SIGN_UP_OPEN", False)
