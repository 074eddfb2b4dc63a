#!/usr/bin/env python3
"""Check a portable credit report without trusting whoever hands it over. Standard library only, no network.

  chengxin_portable.py PRESENTATION --keys KEYS.json [--status LIST.jwt] [--audience WHOM] [--nonce NUMBER]
                       [--unbound] [--now SECONDS]

PRESENTATION is a file with the text that was handed over. KEYS.json is the issuer's key set; get it from the issuer.
LIST.jwt is the issuer's status list, fetched now or earlier. --unbound accepts a report its holder did not sign.
Exit code: 0 sound, 1 not sound, 2 wrong use, 3 sound but superseded, withdrawn or of unknown status.
核验可携带信用报告（SD-JWT，RFC 9901）：只用标准库，不联网，不需要信任提供者。
"""

import argparse
import base64
import hashlib
import json
import sys
import time
import zlib
from pathlib import Path

LONGEST, MOST, DEEPEST, LEEWAY, LARGEST = 512 * 1024, 4096, 32, 60, 4 * 1024 * 1024
VCT = "urn:chengxin:credit-report:1"
TYPE = "dc+sd-jwt"
RESERVED = {"_sd", "_sd_alg", "..."}
ALWAYS_OPEN = {"iss", "iat", "nbf", "exp", "aud", "cnf", "vct", "vct#integrity", "status"}
STATES = {
    0: ("有效", "Valid"),
    1: ("已撤回：不要再使用这份报告", "Withdrawn: do not use this report any more"),
    3: ("已被取代：其中的信息后来有变化", "Superseded: something in it has changed since"),
    None: ("状态未知：没有给状态清单", "Status unknown: no status list was given"),
}

# The curve P-256 (FIPS 186-5, SEC 2): y² = x³ - 3x + B over the field of P, with a base point of order N.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
GX = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
GY = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5


class NotSound(Exception):
    """A presentation that must not be believed."""


def need(holds, reason):
    if not holds:
        raise NotSound(reason)


def double(point):
    x, y, z = point
    if not y or not z:
        return (0, 1, 0)
    delta, gamma = z * z % P, y * y % P
    beta, alpha = x * gamma % P, 3 * (x - delta) * (x + delta) % P
    x3 = (alpha * alpha - 8 * beta) % P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % P, ((y + z) * (y + z) - gamma - delta) % P


def add(one, two):
    if not one[2] or not two[2]:
        return two if not one[2] else one
    (x1, y1, z1), (x2, y2, z2) = one, two
    a, b = z1 * z1 % P, z2 * z2 % P
    u1, u2, s1, s2 = x1 * b % P, x2 * a % P, y1 * z2 * b % P, y2 * z1 * a % P
    if u1 == u2:
        return double(one) if s1 == s2 else (0, 1, 0)
    h, r = (u2 - u1) % P, (s2 - s1) % P
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, h * z1 * z2 % P


def signature_holds(key, message, signature):
    """ECDSA over P-256 with SHA-256; the signature is two numbers of 32 bytes."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (0 < r < N and 0 < s < N):
        return False
    e, w = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
    base, point = (GX, GY, 1), (*key, 1)
    both, total, u1, u2 = add(base, point), (0, 1, 0), e * w % N, r * w % N
    for bit in range(255, -1, -1):
        total = double(total)
        which = (u1 >> bit & 1) + 2 * (u2 >> bit & 1)
        if which:
            total = add(total, (base, point, both)[which - 1])
    return bool(total[2]) and total[0] * pow(total[2], -2, P) % P % N == r


def unbase64(text):
    """Base64url without padding; two texts never mean the same bytes."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise NotSound("malformed base64") from None
    need(base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text, "malformed base64")
    return raw


def unjson(raw):
    """JSON in which no object holds a name twice and no number has more than 15 digits."""

    def once(pairs):
        need(len(dict(pairs)) == len(pairs), "a name occurs twice")
        return dict(pairs)

    def number(text):
        return need(len(text) <= 16, "a number is too long") or int(text)

    def constant(text):
        need(False, "a number is not a number")

    try:
        return json.loads(raw.decode(), object_pairs_hook=once, parse_int=number, parse_constant=constant)
    except (ValueError, RecursionError):
        raise NotSound("malformed JSON") from None


def unobject(text):
    value = unjson(unbase64(text))
    return value if isinstance(value, dict) else need(False, "malformed")


def key_of(jwk):
    """A public key on P-256; any other kind, and a point off the curve, is refused."""
    need(isinstance(jwk, dict) and jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and "d" not in jwk, "key")
    raw = [unbase64(str(jwk.get(name))) for name in "xy"]
    x, y = (int.from_bytes(each, "big") for each in raw)
    need([len(each) for each in raw] == [32, 32] and x < P and y < P, "key")
    need((y * y - x * x * x + 3 * x - B) % P == 0, "key")
    return x, y


def keys_of(found):
    need(isinstance(found, dict) and isinstance(found.get("keys"), list), "malformed key set")
    return {str(each.get("kid")): key_of(each) for each in found["keys"] if isinstance(each, dict)}


def read_token(text, keys, typ):
    """Header and claims of a signed token; only ES256 is taken, and only under a key that was given."""
    parts = text.split(".")
    need(len(parts) == 3, "malformed")
    header = unobject(parts[0])
    need(header.get("alg") == "ES256", "algorithm")
    need("crit" not in header, "malformed")
    need(header.get("typ") == typ, "type")
    name = header.get("kid", next(iter(keys)) if len(keys) == 1 else "")
    need(isinstance(name, str) and name in keys, "no key for it")
    need(signature_holds(keys[name], f"{parts[0]}.{parts[1]}".encode(), unbase64(parts[2])), "signature")
    return unobject(parts[1])


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("ascii")).digest()).rstrip(b"=").decode()


def unfold(signed, disclosures):
    """What is shown; every digest is met once, and every disclosure is used once."""
    book, met = {digest(each): unjson(unbase64(each)) for each in disclosures}, set()
    need(len(book) == len(disclosures), "a disclosure occurs twice")

    def taken(wanted, length):
        need(isinstance(wanted, str) and wanted not in met, "a digest occurs twice")
        met.add(wanted)
        parts = book.get(wanted)
        need(wanted not in book or (isinstance(parts, list) and len(parts) == length), "disclosure")
        need(parts is None or all(isinstance(each, str) for each in parts[:-1]), "disclosure")
        return parts

    def members(value, depth):
        need("..." not in value and not ("_sd_alg" in value and depth), "reserved name")
        plain = {n: shown(each, depth + 1) for n, each in value.items() if n not in RESERVED}
        need(isinstance(value.get("_sd", []), list), "malformed")
        for _salt, name, each in filter(None, (taken(wanted, 3) for wanted in value.get("_sd", []))):
            need(name not in plain and name not in RESERVED, "a disclosed name is taken or not allowed")
            need(depth or name not in ALWAYS_OPEN, "a claim that must be open was made disclosable")
            plain[name] = shown(each, depth + 1)
        return plain

    def element(each, depth):
        if not isinstance(each, dict) or "..." not in each:
            return [shown(each, depth)]
        need(len(each) == 1, "malformed")
        found = taken(each["..."], 2)
        return [shown(found[1], depth)] if found else []

    def shown(value, depth):
        need(depth <= DEEPEST, "nested too deep")
        if isinstance(value, dict):
            return members(value, depth)
        return [one for each in value for one in element(each, depth + 1)] if isinstance(value, list) else value

    claims = shown(signed, 0)
    need(book.keys() <= met, "a disclosure is not of this report, or was changed")
    return claims


def moment(claims, name, needed=False):
    value = claims.get(name)
    need(type(value) is int or (name not in claims and not needed), "times are malformed")
    return value


def check_times(claims, now, needed):
    for name in ("iat", "nbf"):
        since = moment(claims, name, needed == name)
        need(since is None or since <= now + LEEWAY, "not valid yet")
    ends = moment(claims, "exp", needed == "exp")
    need(ends is None or ends > now - LEEWAY, "expired")


def check(text, keys, now, *, typ=TYPE, vct=VCT, bound=True, audience=None, nonce=None):
    """Claims that are shown and what the holder signed (None when nothing); raises NotSound."""
    need(len(text) <= LONGEST and text.isascii(), "malformed")
    parts = text.split("~")
    need(2 <= len(parts) <= MOST, "malformed")
    signed = read_token(parts[0], keys, typ)
    need(signed.get("_sd_alg", "sha-256") == "sha-256", "digest algorithm")
    claims = unfold(signed, parts[1:-1])
    check_times(claims, now, "exp")
    need(vct is None or claims.get("vct") == vct, "it is not a credit report of this kind")
    if not parts[-1]:
        need(not bound and audience is None and nonce is None, "the holder did not sign it")
        return claims, None
    held = claims.get("cnf")
    need(isinstance(held, dict), "holder's key")
    said = read_token(parts[-1], {"": key_of(held.get("jwk"))}, "kb+jwt")
    need(said.get("sd_hash") == digest(text[: len(text) - len(parts[-1])]), "the holder signed something else")
    need(all(isinstance(said.get(name), str) and said[name] for name in ("aud", "nonce")), "the holder's signature")
    check_times(said, now, "iat")
    need(audience is None or said["aud"] == audience, "it was made for somebody else")
    need(nonce is None or said["nonce"] == nonce, "it was made for another request")
    return claims, said


def status_of(claims, text, keys, now):
    """The value at the report's place in a status list, and when that list was made."""
    found = claims.get("status")
    found = found.get("status_list") if isinstance(found, dict) else None
    need(isinstance(found, dict) and type(found.get("idx")) is int and found["idx"] >= 0, "status")
    listed = read_token(text.strip(), keys, "statuslist+jwt")
    need(isinstance(found.get("uri"), str) and listed.get("sub") == found["uri"], "another status list")
    check_times(listed, now, "iat")
    body = listed.get("status_list")
    need(isinstance(body, dict) and type(body.get("bits")) is int and body["bits"] in (1, 2, 4, 8), "status")
    need(isinstance(body.get("lst"), str), "status")
    work = zlib.decompressobj()
    try:
        packed = work.decompress(unbase64(body["lst"]), LARGEST)
    except zlib.error:
        raise NotSound("status list") from None
    bits, position = body["bits"], found["idx"] * body["bits"]
    need(work.eof and not work.unused_data and position // 8 < len(packed), "status list")
    return packed[position // 8] >> position % 8 & (1 << bits) - 1, listed["iat"]


def tell(claims, said, status, age):
    print("通过 SOUND\n" + json.dumps(claims, ensure_ascii=False, indent=1))
    if said:
        print(f"出示给 for: {said['aud']}\n编号 nonce: {said['nonce']}")
    print("没有出示的，不等于没有。What is not shown is not thereby absent.")
    zh, en = STATES.get(status, ("状态未知", "Unknown status"))
    print(f"{zh}。{en}.")
    if age is not None:
        print(f"状态清单是 {age // 60} 分钟前的。The status list is {age // 60} minutes old.")
    return 0 if status == 0 else 3


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presentation")
    parser.add_argument("--keys", required=True)
    parser.add_argument("--status")
    parser.add_argument("--audience")
    parser.add_argument("--nonce")
    parser.add_argument("--unbound", action="store_true")
    parser.add_argument("--now", type=int, default=int(time.time()))
    given = parser.parse_args(arguments)
    try:
        keys = keys_of(unjson(Path(given.keys).read_bytes()))
        text, bound = Path(given.presentation).read_text(encoding="utf-8").strip(), not given.unbound
        claims, said = check(text, keys, given.now, bound=bound, audience=given.audience, nonce=given.nonce)
        status, made = None, given.now
        if given.status:
            status, made = status_of(claims, Path(given.status).read_text(encoding="utf-8"), keys, given.now)
    except (NotSound, OSError, ValueError) as problem:
        print(f"不通过 NOT SOUND\n{problem}")
        return 1
    return tell(claims, said, status, given.now - made if given.status else None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
