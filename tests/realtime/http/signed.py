"""Signs calls as Pusher's documentation says, by another hand than the product's."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Signer:
    """What a program knows of its app."""

    key: str
    secret: str

    def target(self, method: str, path: str, body: bytes = b"", **query: str) -> str:
        """Path and query, signed. A parameter given as "-" is left out."""
        signed = {
            "auth_key": self.key,
            "auth_timestamp": str(int(time.time())),
            "auth_version": "1.0",
            "body_md5": hashlib.md5(body).hexdigest(),
            **query,
        }
        signed = {name: value for name, value in signed.items() if value != "-"}
        text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
        signature = hmac.new(
            self.secret.encode(), f"{method}\n{path}\n{text}".encode(), hashlib.sha256
        ).hexdigest()
        return f"{path}?{urlencode({**signed, 'auth_signature': signature})}"
