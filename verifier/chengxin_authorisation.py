#!/usr/bin/env python3
"""Check a signed authorisation without trusting whoever hands it over. Standard library; chengxin_verify.py beside it.

  chengxin_authorisation.py FILE [--key VKEY] [--on DAY]     DAY as 2026-11-30; without it only the signature is judged

Exit code: 0 sound, 1 not sound, 2 wrong use, 3 sound, but on DAY it allows nothing: not granted, over, or not begun.
A withdrawal that came after the file was signed is not in it: ask the platform for the latest one.
核验查询授权凭证的内容、摘要和签名，不需要信任提供者。文件签发之后的撤回不在其中，应向平台取最新的一份。
"""

import argparse
import hashlib
import json
import sys
from datetime import date, datetime, timedelta

from chengxin_verify import SoundnessError, fail, read_key, read_text, signature_holds, unbase64

SCHEMA = "urn:chengxin:authorisation:1"
CHINA = timedelta(hours=8)


def check_authorisation(file, key):
    """Check number, text, digest and signature, and that the record agrees with itself; return the record."""
    try:
        number, text, digest = str(file["number"]), file["text"], str(file["sha256"])
        message = f"chengxin authorisation v1\n{number}\n{digest}\n".encode()
        computed, signature = hashlib.sha256(text.encode()).hexdigest(), unbase64(file["signature"])
    except (KeyError, TypeError, ValueError, AttributeError):
        fail("授权凭证格式有误。", "The authorisation file is malformed.")
    if computed != digest:
        fail("内容与摘要不符，内容被改动。", "The text differs from its digest: it was changed.")
    if not signature_holds(key[2], message, signature):
        fail("签名无效：不是本平台签发。", "The signature does not hold: the platform did not issue this.")
    return read_record(text, number)


def read_record(text, number):
    """Return the record of a signed text that is canonical and of one piece."""
    try:
        record = json.loads(text)
        header, block, last = record["header"], record["account_aggregator"], record["events"][-1]
        same = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text
        agree = header["record_id"] == block["consentId"] == number and last["event_type"] == header["act"]
        agree = agree and last["event_state"] == block["status"] and header["schema_version"] == SCHEMA
    except (KeyError, TypeError, ValueError, IndexError):
        fail("授权凭证格式有误。", "The authorisation file is malformed.")
    if not same or not agree:
        fail("内容前后矛盾，或者不是规范写法。", "The record contradicts itself, or is not written canonically.")
    return record


def allows_on(block, day):
    """Return whether an active authorisation covers a day in China."""
    if block["status"] != "ACTIVE":
        return False
    first, last = (day_of(block[name]) for name in ("consentStart", "consentExpiry"))
    return first <= day <= last


def day_of(moment):
    return (datetime.fromisoformat(moment.removesuffix("Z") + "+00:00") + CHINA).date()


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--key")
    parser.add_argument("--on", type=date.fromisoformat)
    options = parser.parse_args(arguments)
    try:
        file = json.loads(read_text(options.file))
        key = read_key(options.key or (str(file.get("vkey")) if isinstance(file, dict) else ""))
        block = check_authorisation(file, key)["account_aggregator"]
        allowed = options.on is None or allows_on(block, options.on)
    except (SoundnessError, OSError, ValueError, RecursionError) as problem:
        print(f"不通过 NOT SOUND\n{problem}")
        return 1
    except (KeyError, TypeError):
        print("不通过 NOT SOUND\n授权凭证格式有误。\nThe authorisation file is malformed.")
        return 1
    print(f"通过：授权 {block['consentId']}，{block['status']}\nSOUND: authorisation {block['consentId']}")
    print(f"{block['fetchType']}, {block['consentStart']} - {block['consentExpiry']}")
    if not options.key:
        print("注意：公钥取自凭证本身，请与从别处取得的公钥核对。Note: compare the key with one you got elsewhere.")
    if not allowed:
        print(f"在 {options.on} 不能凭它查询。It allows nothing on that day.")
    return 0 if allowed else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
