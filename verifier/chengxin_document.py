#!/usr/bin/env python3
"""Check a signed decision without trusting whoever hands it over. Standard library; keep chengxin_verify.py beside.

  chengxin_document.py FILE [--key VKEY]     FILE is the evidence file that belongs to the document, or its PDF

Of an evidence file it checks that the text is the one that was signed under its number; of a PDF, that the signature in
it covers the whole file. A PDF does not bring the platform's key along in a form to be trusted: --key is needed.
Exit code: 0 sound, 1 not sound, 2 wrong use. 核验决定书、信用报告的正文、摘要和签名，不需要信任提供者；PDF 须给出公钥。
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

from chengxin_verify import SoundnessError, fail, read_key, read_text, signature_holds, unbase64


def check_document(paper, key):
    """Check that a document's text has the digest that was signed under its number; return number and digest."""
    try:
        number, text, digest = str(paper["number"]), paper["text"], str(paper["sha256"])
        message = f"chengxin document v1\n{number}\n{digest}\n".encode()
        computed, signature = hashlib.sha256(text.encode()).hexdigest(), unbase64(paper["signature"])
    except (KeyError, TypeError, ValueError, AttributeError):
        fail("文书核验文件格式有误。", "The evidence of the document is malformed.")
    if computed != digest:
        fail("正文与摘要不符，正文被改动。", "The text differs from its digest: it was changed.")
    if not signature_holds(key[2], message, signature):
        fail("签名无效：不是本平台签发。", "The signature does not hold: the platform did not issue this.")
    return number, digest


HOLE = re.compile(rb"/ByteRange\[(\d{10}) (\d{10}) (\d{10}) (\d{10})\]/Contents<([0-9a-f]+)>")
REASON = re.compile(rb"/Reason<([0-9a-f]+)>")
DIGEST_OF = bytes.fromhex("06092a864886f70d010904")


def values(data):
    """Return (tag, content, whole) of each DER value in turn; a value that is cut short is a ValueError."""
    found, at = [], 0
    while at < len(data):
        tag, length, start = data[at], data[at + 1], at + 2
        if length & 0x80:
            more = length & 0x7F
            length, start = int.from_bytes(data[start : start + more], "big"), start + more
        if start + length > len(data):
            raise ValueError
        found.append((tag, data[start : start + length], data[at : start + length]))
        at = start + length
    return found


def signer_of(cms, digest):
    """Return the message and the signature in it, of a signature over content with this SHA-512."""
    wrapped = values(values(values(cms)[0][1])[1][1])[0][1]
    signer = values(values(values(wrapped)[4][1])[0][1])
    attributes, length = signer[3][1], len(signer[3][2]) - len(signer[3][1])
    told = [values(body) for _tag, body, _whole in values(attributes)]
    if [parts[1][1] for parts in told if parts[0][2] == DIGEST_OF] != [b"\x04\x40" + digest]:
        raise ValueError
    return b"\x31" + signer[3][2][1:length] + attributes, signer[5][1]


def check_pdf(pdf, key):
    """Check that the last signature in a PDF covers all of it and is of this key; return number and SHA-256."""
    hole = HOLE.match(pdf, max(0, pdf.rfind(b"/ByteRange[")))
    reason = REASON.search(pdf, hole.end()) if hole else None
    if reason is None:
        fail("这个 PDF 里没有本平台的电子签名。", "There is no signature of ours in this PDF.")
    first, start, end, rest = (int(each) for each in hole.groups()[:4])
    if (first, start, end, end + rest) != (0, hole.start(5) - 1, hole.end(5) + 1, len(pdf)):
        fail("签名没有覆盖整个文件，文件被改动。", "The signature does not cover the whole file: it was changed.")
    try:
        digest = hashlib.sha512(pdf[:start] + pdf[end:]).digest()
        message, signature = signer_of(bytes.fromhex(hole.group(5).decode()), digest)
        number = bytes.fromhex(reason.group(1).decode())[2:].decode("utf-16-be")
    except (ValueError, IndexError):
        fail("文件与签名不符，文件被改动。", "The file differs from what was signed: it was changed.")
    if not signature_holds(key[2], message, signature):
        fail("签名无效：不是本平台签发。", "The signature does not hold: the platform did not issue this.")
    return number, hashlib.sha256(pdf).hexdigest()


def checked(options):
    content = Path(options.file).read_bytes()
    if content.startswith(b"%PDF"):
        if not options.key:
            fail("核验 PDF 须用 --key 给出平台公钥。", "To check a PDF give the platform's key with --key.")
        return check_pdf(content, read_key(options.key))
    paper = json.loads(read_text(options.file))
    key = read_key(options.key or (str(paper.get("vkey")) if isinstance(paper, dict) else ""))
    return check_document(paper, key)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--key")
    options = parser.parse_args(arguments)
    try:
        number, digest = checked(options)
    except (SoundnessError, OSError, ValueError) as problem:
        print(f"不通过 NOT SOUND\n{problem}")
        return 1
    print(f"通过：文书 {number}，SHA-256 {digest}\nSOUND: document {number}, SHA-256 {digest}")
    if not options.key:
        print("注意：公钥取自核验文件本身，请与从别处取得的公钥核对。Note: compare the key with one you got elsewhere.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
