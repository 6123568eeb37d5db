"""Who a tag is: the tenant's keyed hash of its number. Numbers themselves are kept nowhere."""

import hashlib
import hmac

from wificore.kernel.crypto import decrypt

from .models import TagKey


def tag_key() -> bytes | None:
    """The tenant's key; None: it never had a tag."""
    sealed = TagKey.objects.filter(pk=1).values_list("sealed", flat=True).first()
    return None if sealed is None else bytes.fromhex(decrypt(sealed))


def uid_hash(key: bytes, uid: str) -> bytes:
    """HMAC-SHA256; 32 bytes. What JSON lets pass as text but is none has a hash as well."""
    return hmac.new(key, uid.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
