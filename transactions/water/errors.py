"""Refusals of water."""

from wificore.kernel.api.errors import DomainError


class Invalid(DomainError):
    """It cannot be like this; the message names the field and the fix."""

    code = "validation_error"


class Taken(DomainError):
    """Another one has this name or number."""

    status = 409
    code = "conflict"


class TwoKeys(DomainError):
    """Two keys are live: one must go first."""

    status = 409
    code = "two_keys"


class AboveCaptured(DomainError):
    """Refunds would be more than what was taken."""

    status = 422
    code = "above_captured"
