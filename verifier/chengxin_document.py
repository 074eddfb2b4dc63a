#!/usr/bin/env python3
"""Check a signed decision without trusting whoever hands it over. Standard library; keep chengxin_verify.py beside.

  chengxin_document.py FILE [--key VKEY]     FILE is the evidence file that belongs to the document

Exit code: 0 sound, 1 not sound, 2 wrong use. 核验决定书的正文、摘要和签名，不需要信任提供者。
"""

import argparse
import hashlib
import json
import sys

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


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--key")
    options = parser.parse_args(arguments)
    try:
        paper = json.loads(read_text(options.file))
        key = read_key(options.key or (str(paper.get("vkey")) if isinstance(paper, dict) else ""))
        number, digest = check_document(paper, key)
    except (SoundnessError, OSError, ValueError) as problem:
        print(f"不通过 NOT SOUND\n{problem}")
        return 1
    print(f"通过：文书 {number}，SHA-256 {digest}\nSOUND: document {number}, SHA-256 {digest}")
    if not options.key:
        print("注意：公钥取自核验文件本身，请与从别处取得的公钥核对。Note: compare the key with one you got elsewhere.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
