"""SD-JWTs: the worked examples of RFC 9901, everything that must be refused, and many thousand random changes.

Every case is put to the platform's own check and to the verifier that stands alone; they share no code.
"""

from __future__ import annotations

import os
import random

import pytest
from tests import portable_tokens as tokens
from tests.portable_tokens import BOTH, REFUSALS, SURE, issued, shown
from tests.unit.vault import rfc9901, rfc9901_more
from verifier import chengxin_portable

from chengxin.vault.sdjwt import issuing, jose
from chengxin.vault.sdjwt.checking import Expected

CHECKS = pytest.mark.parametrize("check", BOTH, ids=["ours", "alone"])
NEGATIVES = tokens.negatives()
RFC_KEYS = {
    tokens.ours: {"": jose.key_of(rfc9901.ISSUER_JWK)},
    tokens.alone: {"": chengxin_portable.key_of(rfc9901.ISSUER_JWK)},
}


def rfc(check, text, **changed):
    """Check an example of the RFC a minute after its holder signed."""
    expected = Expected(**{"now": rfc9901.SIGNED + 60, "types": ("example+sd-jwt",), "bound": False, **changed})
    return check(text, expected, RFC_KEYS[check])


@CHECKS
def test_section_5_1_as_issued(check):
    text = issuing.present(rfc9901.TOKEN, rfc9901.DISCLOSURES)
    assert rfc(check, text) == {**rfc9901.OPEN, **rfc9901.ALL, "nationalities": ["US", "DE"]}


@CHECKS
def test_section_5_2_as_presented(check):
    told = {name: rfc9901.ALL[name] for name in ("family_name", "given_name", "address")}
    found = rfc(check, rfc9901.PRESENTED, bound=True, audience="https://verifier.example.org", nonce="1234567890")
    assert found == {**rfc9901.OPEN, **told, "nationalities": ["US"]}


@CHECKS
def test_section_5_2_for_another_reader_request_or_day(check):
    right = {"bound": True, "audience": "https://verifier.example.org", "nonce": "1234567890"}
    for wrong in ({"audience": "https://other.example.org"}, {"nonce": "1"}, {"now": 1_883_000_100}, {"now": 1}):
        with pytest.raises(REFUSALS):
            rfc(check, rfc9901.PRESENTED, **{**right, **wrong})


@CHECKS
def test_appendix_a_1_nested_with_decoys(check):
    found = rfc(check, rfc9901.NESTED)
    assert found["address"] == {"region": "港区", "country": "JP"} and set(found) == {"iss", "iat", "exp", "address"}


@CHECKS
def test_appendix_a_2_an_element_of_a_list_hides_more(check):
    found = rfc(check, rfc9901_more.VERIFIED_CLAIMS)["verified_claims"]
    assert found["verification"] == {
        "trust_framework": "de_aml",
        "evidence": [{"method": "pipp"}],
        "time": "2012-04-23T18:25Z",
    }
    assert (
        found["claims"]["family_name"] == "Müller" and found["claims"]["address"]["street_address"] == "Weidenstraße 22"
    )


@CHECKS
def test_appendix_a_3_some_of_a_credential(check):
    found = rfc(check, rfc9901_more.IDENTITY, types=("vc+sd-jwt",))
    assert found["age_equal_or_over"] == {"12": True, "65": False}
    assert found["address"] == {"locality": "Köln", "country": "DE"}
    assert found["place_of_birth"] == {"country": "DE", "locality": "Berlin"}
    assert found["nationalities"] == ["DE"] and "family_name" not in found
    with pytest.raises(REFUSALS):
        rfc(check, rfc9901_more.IDENTITY)


@CHECKS
@pytest.mark.parametrize(
    ("text", "typ"), [(rfc9901_more.VERIFIED_CLAIMS, "example+sd-jwt"), (rfc9901_more.IDENTITY, "vc+sd-jwt")]
)
def test_an_example_with_one_disclosure_changed_is_refused(check, text, typ):
    parts = text.split("~")
    for number in range(1, len(parts) - 1):
        spoilt = [
            *parts[:number],
            parts[number][:-1] + ("A" if parts[number][-1] != "A" else "B"),
            *parts[number + 1 :],
        ]
        with pytest.raises(REFUSALS):
            rfc(check, "~".join(spoilt), types=(typ,))


def test_section_4_2_3_digests():
    assert [issuing.digest(each) for each in rfc9901.DISCLOSURES[:2]] == rfc9901.DIGESTS[:2]
    assert issuing.digest(rfc9901.FAMILY_NAME) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


@CHECKS
def test_what_is_shown_is_all_that_is_seen(check):
    made = issued()
    whole = check(shown(made))
    assert whole["name"] == "沈清和" and whole["address"] == {"city": "栖云市", "country": "CN"}
    assert whole["contents"] == [{"n": 1}, {"n": 2}, "open"]
    name_only = tokens.bound(issuing.present(made.token, made.disclosures[:1]))
    assert check(name_only)["contents"] == ["open"] and "address" not in check(name_only)
    assert "沈清和" not in tokens.bound(issuing.present(made.token, ()))


@CHECKS
def test_a_nested_item_is_shown_with_the_one_around_it(check):
    made = issued()
    around, inside = made.disclosures[2], made.disclosures[1]
    assert check(tokens.bound(issuing.present(made.token, (inside, around))))["address"]["city"] == "栖云市"


@CHECKS
@pytest.mark.parametrize("wrong", NEGATIVES)
def test_refused(check, wrong):
    with pytest.raises(REFUSALS):
        check(NEGATIVES[wrong])


@CHECKS
def test_unbound_is_accepted_only_when_that_was_asked_for(check):
    made = issued()
    text = issuing.present(made.token, made.disclosures)
    assert check(text, Expected(tokens.NOW, (tokens.TYPE,), bound=False))["name"] == "沈清和"
    with pytest.raises(REFUSALS):
        check(text, Expected(tokens.NOW, (tokens.TYPE,), bound=False, nonce="1"))


@CHECKS
def test_a_holders_signature_is_checked_even_when_none_was_asked_for(check):
    with pytest.raises(REFUSALS):
        check(shown(issued(), key=tokens.STRANGER), Expected(tokens.NOW, (tokens.TYPE,), bound=False))


def test_another_issuer_is_refused():
    with pytest.raises(jose.NotSound) as refusal:
        tokens.ours(shown(issued(iss="https://other.example")))
    assert refusal.value.code == "issuer"


@pytest.mark.parametrize(("check", "usual"), [(tokens.ours, "20000"), (tokens.alone, "1000")], ids=["ours", "alone"])
def test_no_random_change_is_accepted_and_none_breaks_the_check(check, usual):
    """The verifier that stands alone computes its curve in plain Python: CHENGXIN_MUTATIONS=20000 for all of them."""
    total, made = int(os.environ.get("CHENGXIN_MUTATIONS", usual)), issued()
    sound, rng = shown(made), random.Random(9901)
    assert check(sound)
    accepted, tried = [], 0
    while tried < total:
        changed = tokens.mutated(sound, rng)
        if changed == sound:
            continue
        tried += 1
        try:
            check(changed)
        except REFUSALS:
            continue
        accepted.append(changed)
    assert (accepted, tried) == ([], total)


def test_the_length_of_a_list_does_not_tell_how_much_is_kept_back():
    payload = jose.as_object(issued().token.split(".")[1])
    assert [set(each) for each in payload["contents"][:3]] == [{"..."}] * 3
    assert payload["_sd"] == sorted(payload["_sd"])


def test_keys_are_named_by_their_thumbprint():
    """RFC 7638 gives no example for P-256; the value was computed by hand from the members in order."""
    key = tokens.ISSUER.public_key()
    members = '{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.format(**jose.public_jwk(key))
    assert jose.thumbprint(key) == tokens.digest(members)


def test_a_reader_that_asks_for_nothing_else_still_needs_a_binding():
    with pytest.raises(jose.NotSound):
        tokens.ours(issuing.present(issued().token, ()), Expected(SURE.now, SURE.types))
