"""Refusals of tills."""

from wificore.kernel.api.errors import DomainError


class TillInvalid(DomainError):
    """A shift, a sale or a refund cannot be like this."""

    code = "validation_error"


class NoShift(DomainError):
    """Whoever takes money must have a shift open."""

    status = 409
    code = "no_open_shift"


class ShiftOpen(DomainError):
    """One shift at a time, and none while its day is closed."""

    status = 409
    code = "shift_open"


class ShiftClosed(DomainError):
    """The drawer is counted."""

    status = 409
    code = "shift_closed"


class DayClosed(DomainError):
    """The day is closed, or a later one is."""

    status = 409
    code = "day_closed"


class ReasonNeeded(DomainError):
    """Something is in doubt: who closes the day says why."""

    status = 422
    code = "reason_required"


class NotACashier(DomainError):
    """Only a member of the staff answers for a drawer."""

    status = 403
    code = "permission_denied"


class ApprovalWaits(DomainError):
    """One refund of a sale at a time waits for its approval."""

    status = 409
    code = "approval_waits"


class ApprovalDecided(DomainError):
    """Somebody has decided already."""

    status = 409
    code = "approval_decided"
