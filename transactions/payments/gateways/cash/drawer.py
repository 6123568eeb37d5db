"""The drawer that cash goes into: that of whoever takes it."""

from transactions.tills.taking import own_shift


def drawer() -> int:
    """The account of the actor's drawer, locked until the transaction ends.

    Raises:
        NoShift: the actor has no shift open.
    """
    return own_shift().account_id
