"""Refusals of payments."""

from wificore.kernel.api.errors import DomainError


class Invalid(DomainError):
    """It cannot be like this; the message names the field and the fix."""

    code = "validation_error"


class NotOffered(DomainError):
    """The provider is not switched on, or does not do this."""

    status = 409
    code = "provider_off"


class AlreadyMatched(DomainError):
    """Somebody else has found whose money it is."""

    status = 409
    code = "already_matched"


class NotReturned(DomainError):
    """This provider gives nothing back by itself."""

    status = 409
    code = "not_reversible"


class OtherReceipt(DomainError):
    """The receipt is known with another wallet or amount."""

    status = 409
    code = "receipt_conflict"
