#!/usr/bin/env python3
"""Check a Chengxin log without trusting whoever runs it. Standard library only, offline, one file.

  chengxin_verify.py DIR [--key VKEY] [--seen OLD]   check an exported log; OLD is a checkpoint you kept earlier
  chengxin_verify.py receipt FILE [--key VKEY] [--checkpoint NOTE]     check one receipt
  chengxin_verify.py consistency OLD DIR [--key VKEY]                  check that DIR continues the checkpoint OLD

VKEY is the log's verifier key or a file holding it. Take it from another place than the export itself: a key found
beside the log proves only that the export agrees with itself. A tail that was cut off and signed again can be seen
only with a checkpoint kept earlier (--seen). Exit code: 0 sound, 1 not sound, 2 wrong use.
校验存证日志，不需要信任运营者。公钥应从导出文件以外的渠道取得；若日志尾部被截去并重新签名，只有用以前保存的检查点（--seen）才能发现。
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

TAG, DASH = b"chengxin ledger commitment v1\n", "\u2014"
WIDTH, BYTES = 256, 32

# Ed25519 (RFC 8032) over plain integers; slow, public data only.
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class SoundnessError(Exception):
    """The log, or what was given as one, is not what it claims to be; says so in Chinese and English."""


def fail(zh, en):
    raise SoundnessError(f"{zh}\n{en}")


def unbase64(text):
    """Decode strictly: one text for one value, so that no byte of a note can change unnoticed."""
    value = base64.b64decode(text, validate=True)
    if base64.b64encode(value).decode() != text:
        raise ValueError
    return value


def sha256(data):
    return hashlib.sha256(data).digest()


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little") & ((1 << 255) - 1)
    x = recover_x(y, data[31] >> 7) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, p):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, p)
        p, scalar = add(p, p), scalar >> 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def signature_holds(public, message, signature):
    whole = len(signature) == 64 and len(public) == 32
    a, r = (point(public), point(signature[:32])) if whole else (None, None)
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(challenge, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def read_key(text):
    """Return (name, key id, public key) of a verifier key, which may be a file's name."""
    try:
        if "+" not in text or Path(text).is_file():
            text = Path(text).read_text()
        name, identifier, encoded = text.strip().split("+", 2)
        raw = unbase64(encoded)
    except (OSError, ValueError):
        fail("公钥无法读取。", "The verifier key cannot be read.")
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b"\n" + raw)[:4].hex() != identifier:
        fail("公钥格式有误。", "The verifier key is malformed.")
    return name, bytes.fromhex(identifier), raw[1:]


def read_note(note, key):
    """Return (size, root) of a checkpoint whose signature holds under the key."""
    try:
        text, tail = note.rsplit("\n\n", 1)
        origin, size, root = text.split("\n")[:3]
        size, root = int(size), unbase64(root)
        lines = [line.split(" ") for line in tail.removesuffix("\n").split("\n")]
        blobs = [unbase64(line[2]) for line in lines if line[:2] == [DASH, key[0]]]
    except (ValueError, IndexError):
        fail("检查点格式有误。", "The checkpoint is malformed.")
    if origin != key[0] or size < 0 or len(root) != BYTES or str(size) != text.split("\n")[1]:
        fail("检查点的来源或大小有误。", "The checkpoint's origin or size is wrong.")
    if not any(blob[:4] == key[1] and signature_holds(key[2], (text + "\n").encode(), blob[4:]) for blob in blobs):
        fail("检查点的签名无效，或不是此公钥所签。", "The checkpoint's signature is not valid under this key.")
    return size, root


def read_file(path):
    try:
        return path.read_bytes()
    except OSError:
        fail(f"缺少文件 {path.name}（{path.parent.name}）。", f"A file is missing: {path.parent.name}/{path.name}")


def read_text(path):
    try:
        return read_file(Path(path)).decode()
    except UnicodeDecodeError:
        fail("文件不是文本。", f"Not a text file: {Path(path).name}")


def tile_path(level, index, width):
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    return f"tile/{level}/" + "/".join(groups) + ("" if width == WIDTH else f".p/{width}")


def bundle(folder, index, width):
    """Return the leaf bodies of one bundle."""
    data, bodies, at = read_file(folder / tile_path("entries", index, width)), [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        bodies.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(data) or len(bodies) != width:
        span = f"{index * WIDTH} - {index * WIDTH + width - 1}"
        fail(f"第 {span} 条存证有增删或改动。", f"In the bundle of leaves {span} some were added, deleted or changed.")
    return bodies


def level_row(folder, level, size):
    """Return the hashes of one level from its tiles."""
    row = []
    for start in range(0, size, WIDTH):
        width = min(WIDTH, size - start)
        data = read_file(folder / tile_path(level, start // WIDTH, width))
        if len(data) != width * BYTES:
            fail(f"第 {level} 层有一块长度有误。", f"A tile of level {level} has a wrong length.")
        row += [data[at : at + BYTES] for at in range(0, len(data), BYTES)]
    return row


def root_of(row):
    """Return the Merkle root (RFC 9162) over a row of hashes."""
    if not row:
        return sha256(b"")
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        row = [sha256(b"\x01" + row[at] + row[at + 1]) for at in range(0, len(row) - 1, 2)] + odd
    return row[0]


def check_leaves(folder, size):
    """Recompute every leaf hash and compare it with the lowest tiles; return the recomputed hashes."""
    stored, computed, bad = level_row(folder, 0, size), [], []
    for start in range(0, size, WIDTH):
        computed += [sha256(b"\x00" + body) for body in bundle(folder, start // WIDTH, min(WIDTH, size - start))]
    bad = [index for index in range(size) if stored[index] != computed[index]]
    if bad:
        more = f" (+{len(bad) - 10})" if len(bad) > 10 else ""
        listed = ", ".join(map(str, bad[:10])) + more
        verb = "leaf {} was changed" if len(bad) == 1 else "leaves {} were changed, moved or replaced"
        fail(f"第 {listed} 条存证被改动。", verb.format(listed))
    return computed


def check_tiles(folder, leaves):
    """Recompute every upper tile from the leaves."""
    row, level = leaves, 0
    while len(row) >= WIDTH:
        row = [root_of(row[at : at + WIDTH]) for at in range(0, len(row) - len(row) % WIDTH, WIDTH)]
        level += 1
        stored = level_row(folder, level, len(row))
        for index in (index for index, should in enumerate(row) if stored[index] != should):
            fail(f"第 {level} 层第 {index} 个节点不符。", f"Node {index} of tile level {level} is wrong.")


def check_log(folder, key, seen=None):
    """Check an exported log, and that it continues a checkpoint seen earlier."""
    size, root = read_note(read_text(folder / "checkpoint"), key)
    leaves = check_leaves(folder, size)
    check_tiles(folder, leaves)
    if root_of(leaves) != root:
        fail("存证与检查点的根不符：历史被替换。", "The leaves do not lead to the signed root: history was replaced.")
    if seen:
        old_size, old_root = read_note(seen, key)
        if old_size > size:
            fail(f"日志尾部被截去：以前有 {old_size} 条。", f"The tail was cut off: {old_size} leaves before.")
        if root_of(leaves[:old_size]) != old_root:
            fail(
                f"历史被改写：前 {old_size} 条与以前不符。",
                f"History was rewritten before leaf {old_size}.",
            )
    return size, root


def check_receipt(receipt, key, note=None):
    """Check one receipt: leaf, path, root, signature, and the commitment if the payload is there."""
    try:
        index, leaf = int(receipt["index"]), sha256(b"\x00" + receipt["leaf_body"].encode())
        path = [bytes.fromhex(step) for step in receipt["path"]]
        size, root = read_note(note or receipt["checkpoint"], key)
        claimed, committed = bytes.fromhex(receipt["leaf_hash"]), json.loads(receipt["leaf_body"])["commitment"]
        salt, payload = receipt.get("salt"), receipt.get("payload_text")
        opened = None if payload is None else sha256(TAG + bytes.fromhex(salt) + payload.encode()).hex()
        shown = None if payload is None else json.loads(payload)
    except (KeyError, TypeError, ValueError, AttributeError):
        fail("回执格式有误。", "The receipt is malformed.")
    if claimed != leaf:
        fail(f"第 {index} 条存证被改动。", f"leaf {index} was changed")
    if not path_leads(leaf, index, size, path, root):
        fail(f"第 {index} 条不在此检查点的日志中。", f"Leaf {index} is not in the log of this checkpoint.")
    if opened is not None and (opened != committed or receipt.get("payload", shown) != shown):
        fail("内容与存证的承诺不符。", "The payload does not match what the leaf committed to.")
    return size, root


def path_leads(leaf, index, size, path, root):
    """Return whether a path leads from a leaf to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last = index, size - 1
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            leaf = sha256(b"\x01" + step + leaf)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = sha256(b"\x01" + leaf + step)
        at, last = at >> 1, last >> 1
    return last == 0 and leaf == root


def main(arguments):
    mode = arguments[0] if arguments and arguments[0] in ("receipt", "consistency") else "log"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in {"log": ["folder"], "receipt": ["file"], "consistency": ["old", "folder"]}[mode]:
        parser.add_argument(name)
    for flag in ("--key", "--seen", "--checkpoint"):
        parser.add_argument(flag)
    options = parser.parse_args(arguments if mode == "log" else arguments[1:])
    try:
        if mode == "receipt":
            receipt = json.loads(read_text(options.file))
            note = read_text(options.checkpoint) if options.checkpoint else None
            key = read_key(options.key or (str(receipt.get("vkey")) if isinstance(receipt, dict) else ""))
            size, root = check_receipt(receipt, key, note)
        else:
            folder, old = Path(options.folder), options.old if mode == "consistency" else options.seen
            old = Path(old) / "checkpoint" if old and Path(old).is_dir() else old
            key = read_key(options.key or str(folder / "vkey"))
            size, root = check_log(folder, key, read_text(old) if old else None)
    except (SoundnessError, json.JSONDecodeError, RecursionError) as problem:
        print(f"不通过 NOT SOUND\n{problem}")
        return 1
    print(f"通过：{size} 条，根 {root.hex()}\nSOUND: {size} leaves, root {root.hex()}")
    if not options.key:
        print("注意：公钥取自被检查的文件本身，请与从别处取得的公钥核对。")
        print("Note: the key came from the files under check; compare it with one you got elsewhere.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
