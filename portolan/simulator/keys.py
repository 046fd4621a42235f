"""The key pair every simulator signs with where a vendor uses one: well known, so that nothing has to be exchanged."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PRIVATE = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"portolan simulator").digest())
_STRANGER = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"somebody else").digest())

#: What its signatures are verified with: base64 of the 32 bytes, as Telnyx's portal shows a key.
PUBLIC_KEY = base64.b64encode(_PRIVATE.public_key().public_bytes_raw()).decode()


def signature(signed: bytes, wrongly: bool = False) -> str:
    """An Ed25519 signature in base64; with another key if it is to be wrong."""
    return base64.b64encode((_STRANGER if wrongly else _PRIVATE).sign(signed)).decode()
