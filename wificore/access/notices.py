"""What people are told of signing in, of their own account, and of who came."""

from wificore.kernel.events import Payload
from wificore.kernel.notices import INFO, WARNING, notice, whom

ACCOUNT = {"id": 7, "account": "amina@acme.test"}


def _known(payload: Payload) -> bool:
    """Wrong names are typed, too: only an account of ours is worth a word."""
    return bool(payload.get("known"))


def _password(payload: Payload) -> bool:
    return bool(payload.get("password_changed"))


notice(
    "signin.locked",
    WARNING,
    view="access.user.view",
    when=_known,
    link="/staff?q={account}",
    sample={**ACCOUNT, "known": True},
)
# One's own account: told to whom it belongs, who may see what it says without any right.
notice("signin.reset", WARNING, view="", people=whom("account"), own=True, sample=ACCOUNT)
notice(
    "user.updated",
    WARNING,
    view="",
    when=_password,
    people=whom("id"),
    own=True,
    sample={"id": 7, "password_changed": True},
)
FACTOR = {**ACCOUNT, "kind": "totp"}
notice("factor.added", INFO, view="", people=whom("account"), own=True, sample=FACTOR)
notice("factor.removed", WARNING, view="", people=whom("account"), own=True, sample=FACTOR)
notice(
    "invitation.accepted",
    INFO,
    view="access.user.view",
    people=whom("inviter"),
    link="/staff/{user}",
    sample={"id": "k3Wq", "email": "brian@acme.test", "name": "Brian", "inviter": 3, "user": 9},
)
