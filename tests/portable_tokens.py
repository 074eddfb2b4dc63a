"""Small builders of SD-JWTs for tests, sound ones and ones an honest issuer would never make."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from verifier import chengxin_portable

from chengxin.vault.sdjwt import checking, issuing, jose
from chengxin.vault.sdjwt.checking import Expected
from chengxin.vault.sdjwt.issuing import Decoy, Hidden

NOW = 1_790_000_000
TYPE, VCT = chengxin_portable.TYPE, chengxin_portable.VCT
AUDIENCE, NONCE = "栖云示范银行", "8317"
ISSUER = ec.derive_private_key(20_261_120, ec.SECP256R1())
HOLDER = ec.derive_private_key(19_800_229, ec.SECP256R1())
STRANGER = ec.derive_private_key(7, ec.SECP256R1())
KEYS = {"k": ISSUER.public_key()}
PLAIN_KEYS = {"k": chengxin_portable.key_of(jose.public_jwk(ISSUER.public_key()))}
SURE = Expected(NOW, (TYPE,), "https://credit.example", VCT, True, AUDIENCE, NONCE)
LIST_URI = "https://credit.example/portable/status/1"


def chance(seed: int = 7) -> Callable[[int], bytes]:
    """Return bytes that look random and are the same every time."""
    return random.Random(seed).randbytes


def claims(**changed: Any) -> dict[str, Any]:
    """Return claims with two hidden members, a hidden object in a hidden object, and a list of hidden elements."""
    return {
        "iss": "https://credit.example",
        "vct": VCT,
        "iat": NOW - 100,
        "exp": NOW + 1000,
        "cnf": {"jwk": jose.public_jwk(HOLDER.public_key())},
        "status": {"status_list": {"idx": 5, "uri": LIST_URI}},
        "name": Hidden("沈清和"),
        "address": Hidden({"city": Hidden("栖云市"), "country": "CN"}),
        "contents": [Hidden({"n": 1}), Decoy(), Hidden({"n": 2}), "open"],
        **changed,
    }


def issued(*, typ: str | None = TYPE, key: Any = ISSUER, kid: str = "k", **changed: Any) -> issuing.Issued:
    """Return an honest token."""
    return issuing.issue(claims(**changed), key, typ=typ, chance=chance(), kid=kid)  # type: ignore[arg-type]


def bound(presentation: str, **changed: Any) -> str:
    """Return a presentation signed by its holder; ``changed`` spoils a claim or the key of that signature."""
    header = {"typ": changed.pop("typ", issuing.BINDING_TYPE)}
    key = changed.pop("key", HOLDER)
    said = {"aud": AUDIENCE, "nonce": NONCE, "iat": NOW, "exp": NOW + 500, "sd_hash": issuing.digest(presentation)}
    said = {name: value for name, value in {**said, **changed}.items() if value is not ...}
    return presentation + jose.sign(header, said, key)


def shown(made: issuing.Issued, **changed: Any) -> str:
    """Return a bound presentation of everything."""
    return bound(issuing.present(made.token, made.disclosures), **changed)


def forged(payload: Mapping[str, Any], disclosures: Iterable[str] = (), **header: Any) -> str:
    """Return a bound presentation of a payload signed as it stands, however wrong it is."""
    base = {name: value for name, value in claims().items() if name not in ("name", "address", "contents")}
    whole = {name: value for name, value in {**base, **payload}.items() if value is not ...}
    token = jose.sign({"typ": TYPE, "kid": "k", **header}, whole, ISSUER)
    return bound(issuing.present(token, disclosures))


def told(*parts: Any) -> str:
    """Return a disclosure of these parts."""
    return jose.encode(json.dumps(parts, ensure_ascii=False).encode())


def digest(text: str) -> str:
    """Return the digest of a text, written out a second time."""
    return jose.encode(hashlib.sha256(text.encode()).digest())


def ours(text: str, expected: Expected = SURE, keys: Any = KEYS) -> dict[str, Any]:
    """Check with the platform's own code."""
    return checking.check(text, keys, expected).claims


def alone(text: str, expected: Expected = SURE, keys: Any = PLAIN_KEYS) -> dict[str, Any]:
    """Check with the verifier that stands alone; it knows no issuer, whose keys it was given."""
    (typ,) = expected.types
    wanted = {"bound": expected.bound, "audience": expected.audience, "nonce": expected.nonce}
    found: dict[str, Any] = chengxin_portable.check(text, keys, expected.now, typ=typ, vct=expected.vct, **wanted)[0]
    return found


REFUSALS = (jose.NotSound, chengxin_portable.NotSound)
BOTH = (ours, alone)


def negatives() -> dict[str, str]:
    """Return presentations that must be refused, each with what is wrong about it."""
    made = issued()
    token, items = made.token, made.disclosures
    names, head = ["iss", "exp", "nbf", "cnf", "vct", "status", "iat", "aud"], token.split(".")
    extra = told("salt", "extra", 1)
    spoilt = told(*jose.as_json(items[0])[:2], "沈清禾")
    hidden = {name: told("salt", name, claims().get(name, 1)) for name in names}
    none = jose.encode(json.dumps({"alg": "none", "typ": TYPE, "kid": "k"}).encode())
    hmac = jose.encode(json.dumps({"alg": "HS256", "typ": TYPE, "kid": "k"}).encode())
    inner = told("salt", "_sd", ["x"])
    dots = told("salt", "...", "x")
    algorithm = told("salt", "_sd_alg", "x")
    nested = told("salt", "deep", {"a": 1})
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    deepest = told("salt", "deep", deep)
    tower = {"a": {"_sd": [digest(deepest)]}}
    for _ in range(14):
        tower = {"a": tower}
    return {
        "a tampered disclosure": bound(issuing.present(token, (spoilt, *items[1:]))),
        "an unreferenced disclosure": bound(issuing.present(token, (*items, extra))),
        "a disclosure twice": bound(issuing.present(token, (*items, items[0]))),
        "an inner disclosure without its outer one": bound(issuing.present(token, (items[1],))),
        "an array disclosure without salt": forged({"list": [{"...": digest(told("v"))}]}, [told("v")]),
        "a disclosure that is no list": forged({"_sd": [digest(told())]}, [jose.encode(b'{"a":1}')]),
        "a salt that is no text": forged({"_sd": [digest(told(1, "a", 2))]}, [told(1, "a", 2)]),
        "a name that is no text": forged({"_sd": [digest(told("s", 1, 2))]}, [told("s", 1, 2)]),
        "a member's disclosure in a list": forged({"list": [{"...": digest(extra)}]}, [extra]),
        "an element's disclosure in an object": forged({"_sd": [digest(told("s", 1))]}, [told("s", 1)]),
        "a digest twice in one list": forged({"_sd": [digest(extra), digest(extra)]}, [extra]),
        "a digest twice in two places": forged({"_sd": [digest(extra)], "a": {"_sd": [digest(extra)]}}, [extra]),
        "a decoy twice": forged({"_sd": ["x"], "list": [{"...": "x"}]}),
        "a name that is taken": forged({"_sd": [digest(extra)], "extra": 0}, [extra]),
        "the name _sd": forged({"_sd": [digest(inner)]}, [inner]),
        "the name ...": forged({"a": {"_sd": [digest(dots)]}}, [dots]),
        "the name _sd_alg": forged({"_sd": [digest(algorithm)]}, [algorithm]),
        "... in an object": forged({"a": {"...": "x"}}),
        "_sd_alg inside": forged({"a": {"_sd_alg": "sha-256"}}),
        "... beside something": forged({"list": [{"...": "x", "a": 1}]}),
        "digests that are no list": forged({"_sd": "x"}),
        "digests that are no texts": forged({"_sd": [1]}),
        "an element's digest that is no text": forged({"list": [{"...": 1}]}),
        "nested too deep": forged(tower, [deepest]),
        "an unknown digest algorithm": forged({"_sd_alg": "sha-512", "_sd": []}),
        "an empty digest algorithm": forged({"_sd_alg": None}),
        **{f"{name} hidden": forged({name: ..., "_sd": [digest(t)]}, [t]) for name, t in hidden.items()},
        "expired": shown(issued(exp=NOW - 61)),
        "no end": shown(issued(exp=None)),
        "no end at all": forged({"exp": ...}),
        "an end that is a text": shown(issued(exp=str(NOW + 1000))),
        "an end that is true": shown(issued(exp=True)),
        "not valid yet": shown(issued(nbf=NOW + 61)),
        "made tomorrow": shown(issued(iat=NOW + 86_400)),
        "another type": shown(issued(typ="JWT")),
        "no type": shown(issued(typ=None)),
        "a status list in its place": shown(issued(typ="statuslist+jwt")),
        "another kind of credential": shown(issued(vct="urn:other")),
        "a stranger's key": shown(issued(key=STRANGER)),
        "an unknown key's name": shown(issued(kid="z")),
        "alg none": bound(f"{none}.{head[1]}.~"),
        "alg none with its signature": bound(f"{none}.{head[1]}.{head[2]}~"),
        "alg HS256": bound(f"{hmac}.{head[1]}.{head[2]}~"),
        "a false algorithm over a sound signature": forged({}, alg="none"),
        "loose bits at the end of a signature": _loosened(shown(made)),
        "a critical extension": forged({}, crit=["b64"], b64=False),
        "a signature of zeros": bound(f"{head[0]}.{head[1]}.{jose.encode(bytes(64))}~"),
        "a signature in another form": bound(f"{head[0]}.{head[1]}.{jose.encode(bytes(70))}~"),
        "no tilde": token,
        "nothing": "",
        "tildes only": "~~~",
        "other characters": shown(made) + "。",
        "no signature of the holder": issuing.present(token, items),
        "a holder's signature without a key": bound(issuing.present(issued(cnf=None).token, ())),
        "a holder's key with its secret": shown(
            issued(cnf={"jwk": {**jose.public_jwk(HOLDER.public_key()), "d": "AA"}})
        ),
        "a holder's key off the curve": shown(
            issued(cnf={"jwk": {**jose.public_jwk(HOLDER.public_key()), "y": "A" * 43}})
        ),
        "a stranger's binding": shown(made, key=STRANGER),
        "a binding of another type": shown(made, typ="JWT"),
        "for somebody else": shown(made, aud="别的银行"),
        "for another request": shown(made, nonce="1"),
        "a binding without audience": shown(made, aud=...),
        "a binding without nonce": shown(made, nonce=...),
        "a binding without a time": shown(made, iat=...),
        "a binding made tomorrow": shown(made, iat=NOW + 86_400),
        "a binding that has ended": shown(made, exp=NOW - 61),
        "a binding without a digest": shown(made, sd_hash=...),
        "a binding of other disclosures": _swapped(made),
        "a nested disclosure under a list": forged({"list": [{"_sd": [digest(nested)], "deep": 1}]}, [nested]),
    }


def _swapped(made: issuing.Issued) -> str:
    """Return a presentation of one item with the holder's signature over another."""
    binding = bound(issuing.present(made.token, made.disclosures[:1])).rpartition("~")[2]
    return issuing.present(made.token, made.disclosures[2:3]) + binding


def _loosened(text: str) -> str:
    """Return a presentation whose last character means the same bytes and is another one."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1]) + 1]


def mutated(text: str, rng: random.Random) -> str:
    """Return the text with one random change: a character, a part, a stretch, or a value inside a part."""
    parts, at = text.split("~"), rng.randrange(len(text))
    kind = rng.randrange(8)
    if kind == 0:
        return text[:at] + rng.choice("ABCxyz019-_~.=\n中") + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + rng.randint(1, 40) :]
    if kind == 2:
        return text[:at] + rng.choice(["A", "~", ".", "=", " ", "\x00"]) + text[at:]
    if kind == 3:
        one, two = rng.sample(range(len(parts)), 2)
        parts[one], parts[two] = parts[two], parts[one]
        return "~".join(parts)
    if kind == 4:
        return "~".join([*parts[:-1], rng.choice(parts), parts[-1]])
    if kind == 5:
        return "~".join(part for part in parts if part is not parts[rng.randrange(len(parts))])
    return "~".join(_inside(part, rng) if n == at % len(parts) else part for n, part in enumerate(parts))


def mutated_list(text: str, rng: random.Random) -> str:
    """Return a status list with one random change; blanks around it mean nothing and are no change."""
    at, kind = rng.randrange(len(text)), rng.randrange(5)
    if kind == 0:
        return text[:at] + rng.choice("ABCxyz019-_~.=\n中") + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + rng.randint(1, 40) :]
    if kind == 2:
        return text[:at] + rng.choice(["A", "~", ".", "=", "\x00"]) + text[at:]
    return _inside(text, rng)


def _inside(part: str, rng: random.Random) -> str:
    """Change a byte of what a part means and write it down again, so that its form stays whole."""
    pieces = part.split(".")
    at = rng.randrange(len(pieces))
    raw = bytearray(jose.decode(pieces[at])) or bytearray(1)
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    pieces[at] = jose.encode(bytes(raw))
    return ".".join(pieces)
