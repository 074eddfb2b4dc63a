"""Signed notes, checkpoints and verifier keys in the text formats of C2SP (signed-note, tlog-checkpoint)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from chengxin.rules.errors import Refusal

ED25519 = b"\x01"
DASH = "\u2014"


class MalformedNote(Refusal):
    """A text is not a signed checkpoint."""

    code = "malformed_note"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"检查点格式有误：{zh}。", f"The checkpoint is malformed: {en}.")


class Signature(NamedTuple):
    """One signature line of a note: who, the first four bytes of the key's id, and the signature."""

    name: str
    key_id: bytes
    signature: bytes


class Checkpoint(NamedTuple):
    """A tree head: which log, how many leaves, which root; ``text`` is what was signed."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[Signature, ...]


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text of a checkpoint, the part that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    """Return the four bytes that name an Ed25519 key."""
    return sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """Return the one-line form of a public key that anyone verifying the log needs."""
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def signed_note(text: str, name: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return the text followed by one signature line."""
    blob = key_id(name, public_key) + sign(text.encode())
    return f"{text}\n{DASH} {name} {base64.b64encode(blob).decode()}\n"


def parse_checkpoint(note: str) -> Checkpoint:
    """Read a signed checkpoint without judging its signatures; raise MalformedNote."""
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise MalformedNote("缺少签名部分", "it has no signatures")
    lines = text.split("\n")
    if len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise MalformedNote("前三行应为来源、大小、根", "its first lines must be origin, size and root")
    signatures = tuple(_signature(line) for line in tail.removesuffix("\n").split("\n"))
    return Checkpoint(lines[0], int(lines[1]), _decoded(lines[2], 32), text + "\n", signatures)


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != DASH or not name:
        raise MalformedNote("签名行有误", "a signature line is wrong")
    blob = _decoded(encoded)
    return Signature(name, blob[:4], blob[4:])


def _decoded(text: str, length: int | None = None) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedNote("编码有误", "its encoding is wrong") from error
    if base64.b64encode(value).decode() != text or len(value) < 5 or (length is not None and len(value) != length):
        raise MalformedNote("编码或长度有误", "an encoding or length is wrong")
    return value
