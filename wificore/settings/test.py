"""Tests: the demo's settings with cheap password hashes."""

from .dev import *  # noqa: F403  # Django's own way to derive settings

# Argon2 is slow by design; the tests that are about it name it themselves.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Each test's client loads the middleware anew, and whitenoise would look for all static files.
WHITENOISE_AUTOREFRESH = True
