"""allauth keeps addresses in a table of its own: it follows our users."""

from allauth.account.models import EmailAddress

from ..models import User


def address_follow(user: User, *, using: str = "default") -> None:
    """Make the user's address the only one, in the caller's transaction.

    It counts as verified: an administrator made the user, or an identity provider vouches.
    """
    rows = EmailAddress.objects.using(using).filter(user_id=user.pk)
    rows.exclude(email=user.email).delete()
    EmailAddress.objects.using(using).update_or_create(
        user_id=user.pk, email=user.email, defaults={"verified": True, "primary": True}
    )
