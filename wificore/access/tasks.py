"""Background tasks of access."""

from wificore.kernel.mail import TRANSIENT
from wificore.kernel.tasks import schema_task

from .invitation_mail import send_invitation
from .signin.reset import reset_mail


@schema_task(autoretry_for=TRANSIENT, retry_backoff=5, max_retries=6)
def invitation_mail(public_id: str, origin: str, site: str) -> None:
    """Send the link of an invitation, if it is still open."""
    send_invitation(public_id, origin, site)


@schema_task(autoretry_for=TRANSIENT, retry_backoff=5, max_retries=6)
def password_reset_mail(address: str, origin: str, site: str) -> None:
    """Send the link to a new password, if there is such a user."""
    reset_mail(address, origin, site)
