"""Logs written by hand, honestly or not, and the verifier as anyone would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chengxin.ledger.leaves import commitment
from chengxin.rules import merkle, notes

VERIFIER = Path(__file__).parents[3] / "verifier" / "chengxin_verify.py"
ORIGIN = "chengxin.local/log"
SALT = bytes(16)


@dataclass(frozen=True)
class Signer:
    """A key that signs checkpoints."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def vkey(self) -> str:
        return notes.verifier_key(ORIGIN, self.public)

    def note(self, size: int, root: bytes) -> str:
        return notes.signed_note(notes.checkpoint_text(ORIGIN, size, root), ORIGIN, self.public, self.key.sign)


LOG = Signer(Ed25519PrivateKey.from_private_bytes(b"1" * 32))
STRANGER = Signer(Ed25519PrivateKey.from_private_bytes(b"2" * 32))


def bodies(count: int) -> list[bytes]:
    """Return the bodies of a small honest log."""
    committed = commitment(SALT, b'{"n":1}')
    return [
        json.dumps({"commitment": committed, "kind": "a.b", "n": n}, sort_keys=True, separators=(",", ":")).encode()
        for n in range(count)
    ]


def write_bundles(folder: Path, entries: list[bytes]) -> None:
    """Write the bundles of leaf bodies."""
    for start in range(0, len(entries), 256):
        part = entries[start : start + 256]
        content = b"".join(len(body).to_bytes(2, "big") + body for body in part)
        write(folder / merkle.tile_path("entries", start // 256, len(part)), content)


def write_tiles(folder: Path, entries: list[bytes]) -> None:
    """Write the tiles of every level."""
    row, level = [merkle.leaf_hash(body) for body in entries], 0
    while row:
        for start in range(0, len(row), 256):
            part = row[start : start + 256]
            write(folder / merkle.tile_path(level, start // 256, len(part)), b"".join(part))
        full = len(row) - len(row) % 256
        row, level = [merkle.root(row[at : at + 256]) for at in range(0, full, 256)], level + 1


def note(entries: list[bytes], signer: Signer) -> str:
    """Return the checkpoint of a log under a key."""
    return signer.note(len(entries), merkle.root([merkle.leaf_hash(body) for body in entries]))


def write_log(folder: Path, entries: list[bytes], signer: Signer = LOG) -> Path:
    """Write a whole log."""
    write_bundles(folder, entries)
    write_tiles(folder, entries)
    write(folder / "checkpoint", note(entries, signer).encode())
    write(folder / "vkey", (signer.vkey + "\n").encode())
    return folder


def receipt(entries: list[bytes], index: int) -> dict:
    """Return a receipt for one leaf."""
    leaves = [merkle.leaf_hash(body) for body in entries]
    return {
        "index": index,
        "leaf_body": entries[index].decode(),
        "leaf_hash": leaves[index].hex(),
        "path": [step.hex() for step in merkle.inclusion_proof(leaves, index)],
        "checkpoint": note(entries, LOG),
        "vkey": LOG.vkey,
        "salt": SALT.hex(),
        "payload": {"n": 1},
        "payload_text": '{"n":1}',
    }


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def verify(*arguments: object) -> tuple[int, str]:
    """Run the verifier as a process of its own; it must never end in a traceback."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr
