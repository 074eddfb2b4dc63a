"""Key files on disk: made once, readable by their owner only, never overwritten. Needs no Django."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from chengxin.rules.errors import Refusal

KEY_BYTES = 32
"""Every key is 32 random bytes, written as hexadecimal text so that it survives copying by hand."""

MASTER, INDEX, SIGNING, SECRET = "master.key", "index.key", "signing.key", "secret.key"


class KeysMissing(Refusal):
    """A key file is not there; the platform does not start without it."""

    code = "keys_missing"


class KeysExposed(Refusal):
    """A key file can be read by other users of the machine."""

    code = "keys_exposed"


class KeysDamaged(Refusal):
    """A key file is too short or is not hexadecimal text."""

    code = "keys_damaged"


@dataclass(frozen=True, repr=False)
class KeyMaterial:
    """The three keys of an installation, as bytes. It has no repr, so that it cannot slip into a log."""

    master: bytes
    index: bytes
    signing: bytes


def create_keys(directory: Path | str) -> list[str]:
    """Make the key files that are missing in ``directory`` and return their names; existing files stay untouched."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = {name: secrets.token_hex(KEY_BYTES) for name in (MASTER, INDEX, SIGNING)}
    fresh[SECRET] = secrets.token_urlsafe(64)
    return [name for name, text in fresh.items() if write_once(folder / name, text)]


def read_keys(directory: Path | str) -> KeyMaterial:
    """Read the keys of an installation.

    Raises KeysMissing, KeysExposed or KeysDamaged, each naming the file and the remedy.
    """
    folder = Path(directory)
    return KeyMaterial(*(read_key_file(folder / name) for name in (MASTER, INDEX, SIGNING)))


def write_once(path: Path, text: str) -> bool:
    """Write a key file, durably and for its owner only, unless it is there; tell whether it was written."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read_key_file(path: Path, size: int = KEY_BYTES) -> bytes:
    """Return the bytes of a key file written in hexadecimal; raises KeysMissing, KeysExposed or KeysDamaged."""
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise KeysMissing(
            f"找不到密钥文件 {path.name}。请运行 chengxin init 生成密钥，或从备份恢复密钥目录。",
            f"Key file {path.name} is missing. Run chengxin init to make it, or restore the key folder from a backup.",
            file=path.name,
        ) from error
    if mode & 0o077:
        raise KeysExposed(
            f"密钥文件 {path.name} 可被其他用户读取。请将权限改为 0600。",
            f"Key file {path.name} can be read by other users. Set its mode to 0600.",
            file=path.name,
        )
    return _decode(path.name, text, size)


def _decode(name: str, text: str, size: int) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != size:
        raise KeysDamaged(
            f"密钥文件 {name} 已损坏：应为 {2 * size} 位十六进制字符。"
            "请从备份恢复，不要重新生成，否则已封存的内容无法读取。",
            f"Key file {name} is damaged: {2 * size} hexadecimal characters are expected. Restore it from a backup; "
            "a new key could not open what is already sealed.",
            file=name,
        )
    return key
