"""Who wrote a configuration file: an Ed25519 signature of the deployment, and the fingerprint by which people know each other's.

The private key is derived from the console's own keys, so that nothing further has to be kept; it changes when they are rotated, after
which files of before need the fingerprint like those of another deployment.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tenants.core import keys
from web.text import normalise_digits

ALGORITHM = "Ed25519"
_PURPOSE = "adapter-files"
_SEED = "ed25519"
_DIGITS, _GROUP = 20, 4  # 80 bits, for reading out on the telephone


def sign(data: bytes) -> dict[str, str]:
    """The signature as it stands in the file."""
    key = _key()
    return {
        "algorithm": ALGORITHM,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "value": key.sign(data).hex(),
    }


def signer_of(data: bytes, signature: object) -> bytes | None:
    """The public key that signed exactly this; None when nobody did."""
    if not isinstance(signature, dict) or signature.get("algorithm") != ALGORITHM:
        return None
    try:
        public = bytes.fromhex(str(signature.get("public_key")))
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(str(signature.get("value"))), data)
    except (ValueError, InvalidSignature):
        return None
    return public


def is_ours(public: bytes) -> bool:
    return hmac.compare_digest(public, _key().public_key().public_bytes_raw())


def fingerprint(public: bytes | None = None) -> str:
    """The first 80 bits of SHA-256 of a public key (ours by default), in groups of four."""
    digits = hashlib.sha256(public or _key().public_key().public_bytes_raw()).hexdigest()[:_DIGITS].upper()
    return "-".join(digits[at : at + _GROUP] for at in range(0, _DIGITS, _GROUP))


def is_fingerprint_of(public: bytes, typed: str) -> bool:
    plain = normalise_digits(typed).upper().replace("-", "").replace(" ", "")
    return hmac.compare_digest(plain.encode(), fingerprint(public).replace("-", "").encode())


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.blind_index(_PURPOSE, _SEED))
