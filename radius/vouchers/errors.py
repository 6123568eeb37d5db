"""Refusals of vouchers."""

from wificore.kernel.api.errors import DomainError


class BatchInvalid(DomainError):
    """A batch cannot be like this."""

    code = "validation_error"


class VoucherNotForSale(DomainError):
    """It is sold, void or too old."""

    status = 409
    code = "voucher_not_for_sale"


class VoucherOver(DomainError):
    """Void already."""

    status = 409
    code = "voucher_over"
