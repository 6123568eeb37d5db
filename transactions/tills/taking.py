"""Who takes money, and into which drawer."""

from wificore.kernel.actor import Actor, current_actor

from .errors import NoShift, NotACashier
from .models import Shift


def cashier() -> Actor:
    """The member of staff who acts now.

    Raises:
        NotACashier: a program of ours, or the platform's support.
    """
    who = current_actor()
    if who.kind != "user":
        raise NotACashier("Only a member of your own staff may take money.")
    return who


def own_shift() -> Shift:
    """The actor's open shift, locked: nobody counts its drawer before this transaction ends.

    Raises:
        NoShift: there is none. NotACashier: there can be none.
    """
    shift = shift_of(int(cashier().id))
    if shift is None:
        raise NoShift("Open your shift first.")
    return shift


def shift_of(user: int) -> Shift | None:
    """A user's open shift, locked the same way."""
    rows = Shift.objects.select_for_update(no_key=True)
    return rows.filter(cashier=user, closed_at=None).first()
