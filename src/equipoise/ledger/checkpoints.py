"""A signed word on how far a ledger had come, small enough to be kept outside it.

The hash of the last entry commits to every entry before it and, by its header, to their number; so it is the root, and
no other tree of hashes is needed. Whoever holds a checkpoint, or only the fingerprint that is printed on a report, can
tell later that nothing up to it was changed, not even by somebody who made all hashes anew.
"""

from base64 import b32encode
from dataclasses import dataclass
from typing import Final

from ..faults import Fault
from .canonical import canonical_text, data_of, header_text
from .chain import Head
from .entry import read_utc

TAG: Final = "equipoise-checkpoint-v1"
KEY_BYTES: Final = 32
FINGERPRINT_BYTES: Final = 10  # 80 bits are 16 letters of base32, in four groups of four


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`seq` entries stood in the ledger, the last with this `hash`, when it was signed (`at`).

    signature (Ed25519, 64 bytes) and public_key (32 bytes) are written in hexadecimal.
    """

    seq: int
    hash: str
    at: str
    signature: str
    public_key: str


def signed(head: Head, at: str, key: bytes) -> Checkpoint:
    """The checkpoint of a head, signed with an Ed25519 private key of 32 bytes. Raises Fault for an empty ledger."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not head.seq:
        raise Fault("The ledger is empty: there is nothing yet to put a checkpoint on.")
    if len(key) != KEY_BYTES:
        raise Fault(f"The key for checkpoints must have {KEY_BYTES} bytes; this one has {len(key)}.")
    private = Ed25519PrivateKey.from_private_bytes(key)
    public = private.public_key().public_bytes_raw().hex()
    return Checkpoint(head.seq, head.hash, at, private.sign(_message(head.seq, head.hash, at)).hex(), public)


def signature_holds(checkpoint: Checkpoint, public_key: bytes | None = None) -> bool:
    """Did the owner of the key sign it? Without a public key from outside, only: did the owner of the key it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        named, signature = bytes.fromhex(checkpoint.public_key), bytes.fromhex(checkpoint.signature)
        if public_key is not None and named != public_key:
            return False
        message = _message(checkpoint.seq, checkpoint.hash, checkpoint.at)
        Ed25519PublicKey.from_public_bytes(named).verify(signature, message)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _message(seq: int, root: str, at: str) -> bytes:
    return header_text([TAG, seq, root, at]).encode()


# ---------------------------------------------------------------- on paper and in a file
def fingerprint(point: Checkpoint | Head) -> str:
    """The first 80 bits of the hash, for paper: "ABCD-EFGH-IJKL-MNOP"."""
    letters = b32encode(bytes.fromhex(point.hash)[:FINGERPRINT_BYTES]).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read_fingerprint(text: str) -> str:
    """A fingerprint as somebody typed it, in the form of `fingerprint`; empty when it is none."""
    letters = "".join(text.replace("-", " ").split()).upper()
    if len(letters) != 16 or any(letter not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" for letter in letters):
        return ""
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The checkpoint for a file: one line of JSON."""
    names = ("seq", "hash", "at", "signature", "public_key")
    return canonical_text({name: getattr(checkpoint, name) for name in names}) + "\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that such a file states; raises Fault when it states none."""
    try:
        checkpoint = Checkpoint(**data_of(text))
        read_utc(checkpoint.at)
        sizes = [len(bytes.fromhex(part)) for part in (checkpoint.hash, checkpoint.signature, checkpoint.public_key)]
        if sizes == [32, 64, 32] and type(checkpoint.seq) is int:
            return checkpoint
    except (ValueError, TypeError, Fault):
        pass
    raise Fault("This file holds no checkpoint of a ledger: give one that `equipoise ledger checkpoint` wrote.")
