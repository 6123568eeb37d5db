"""Signed addresses of files: whoever has one may read the file until it expires (ADR 33).

    /files/<public id>.<expires>:<signature>

The signature is over the id, the second of expiry and the active schema: at another tenant's host
the same address is nothing. Addresses of pictures stay the same for a while, so that browsers keep
the pictures.
"""

import time
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from wificore.kernel.db.context import current

from .models import FileKind, StoredFile

# Half of it at least is left of an address that was just made.
LASTS = {
    FileKind.LOGO: timedelta(days=2),
    FileKind.AVATAR: timedelta(days=1),
    FileKind.ATTACHMENT: timedelta(minutes=20),
}


class BadLink(ValueError):
    """It was not signed here, not for this tenant, or it has expired."""


def url_of(file: StoredFile) -> str:
    """An address that works for `LASTS`, or half as long."""
    step = int(LASTS[FileKind(file.kind)].total_seconds()) // 2
    expires = (int(time.time()) // step + 2) * step
    return reverse("file", kwargs={"token": _signer().sign(f"{file.public_id}.{expires}")})


def opened(token: str) -> str:
    """The public id of the file that the address is of.

    Raises:
        BadLink: nobody may read anything by this.
    """
    try:
        public_id, _, expires = _signer().unsign(token).rpartition(".")
        late = int(expires) <= time.time()
    except (signing.BadSignature, ValueError) as error:
        raise BadLink(token) from error
    if late:
        raise BadLink("expired")
    return public_id


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"wificore.files:{current().schema}")
