"""private_key_jwt: what opens the door, and every known way of forging it, each of which ends in a plain 401."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories
from tests.assertions import AUDIENCE, TOKEN, TYPE, Signer, ask, minutes, pair
from tests.integration.api.conftest import problem

from chengxin.accounts import access_tokens, assertions, client_keys, clients
from chengxin.accounts.client_keys import KeyNotAccepted
from chengxin.accounts.models import AccessToken, ApiClient, UsedAssertion
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def signer(world) -> Signer:
    return registered(world, world.ours.client)


def registered(world, client: ApiClient, algorithm: str = "ES256", **options: bool) -> Signer:
    private, public = pair(algorithm)
    key = client_keys.add(client.pk, public, world.operator, clock.now(), **options)
    return Signer(private, key.kid, client, algorithm)


def opened(response) -> str:
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["token_type"] == "Bearer" and 0 < body["expires_in"] <= 600
    assert response["Cache-Control"] == "no-store"
    return body["access_token"]


def get(token: str, headers: dict[str, str] | None = None):
    held = {"Authorization": f"Bearer {token}", **(headers or {})}
    return Client().get(f"/api/v1/submissions/{UNKNOWN}", headers=held)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256"])
def test_a_signed_assertion_gets_a_token_that_opens_the_door(world, algorithm):
    signer = registered(world, world.ours.client, algorithm)
    token = opened(ask(signer.assertion(clock.now())))
    problem(get(token), 404, "not_found")
    row = AccessToken.objects.values().get()
    assert all(token[4:] not in str(value) for value in row.values())


def test_a_registered_key_ends_the_long_token_unless_asked_otherwise(world):
    registered(world, world.ours.client)
    problem(world.ours.get(f"/submissions/{UNKNOWN}"), 401, "unauthorised")
    registered(world, world.theirs.client, key_only=False)
    problem(world.theirs.get(f"/submissions/{UNKNOWN}"), 404, "not_found")


def test_a_token_covers_the_purposes_it_was_asked_for_only(world, signer):
    token = opened(ask(signer.assertion(clock.now()), scope="feed"))
    problem(get(token), 403, "purpose_not_covered")
    refused = problem(ask(signer.assertion(clock.now()), scope="feed court"), 400, "scope_not_covered")
    assert refused["error"] == "invalid_scope"


def none_signed(signer: Signer, now) -> str:
    return ".".join([part({"alg": "none", "kid": signer.kid}), part(signer.claims(now)), ""])


def public_key_as_secret(signer: Signer, now) -> str:
    head = f"{part({'alg': 'HS256', 'kid': signer.kid})}.{part(signer.claims(now))}"
    mac = hmac.new(signer.key.as_pem(private=False), head.encode(), hashlib.sha256).digest()
    return f"{head}.{text(mac)}"


def member_twice(signer: Signer, now) -> str:
    from joserfc import jws

    claims = json.dumps(signer.claims(now))[:-1] + f', "sub": "{signer.client.line}"}}'
    return jws.serialize_compact({"alg": "ES256", "kid": signer.kid}, claims.encode(), signer.key, algorithms=["ES256"])


def header_member_twice(signer: Signer, now) -> str:
    good = signer.assertion(now).split(".")
    head = text(json.dumps({"alg": "ES256", "kid": signer.kid})[:-1].encode() + b', "alg": "none"}')
    return ".".join([head, *good[1:]])


def other_signature(signer: Signer, now) -> str:
    one, two = signer.assertion(now), signer.assertion(now)
    return ".".join([*one.split(".")[:2], two.split(".")[2]])


def loosely_spelled(signer: Signer, now) -> str:
    head, claims, signature = signer.assertion(now).split(".")
    return f"{head}.{claims}.{signature}="


def part(value: dict) -> str:
    return text(json.dumps(value).encode())


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


FORGED = {
    "alg none": (none_signed, "assertion_malformed"),
    "HS256 with the public key": (public_key_as_secret, "assertion_malformed"),
    "a claim twice": (member_twice, "assertion_malformed"),
    "a header member twice": (header_member_twice, "assertion_malformed"),
    "the signature of another assertion": (other_signature, "client_not_recognised"),
    "padded": (loosely_spelled, "assertion_malformed"),
    "critical extension": (lambda s, now: s.assertion(now, {"crit": ["b64"], "b64": False}), "assertion_malformed"),
    "another type": (lambda s, now: s.assertion(now, {"typ": "at+jwt"}), "assertion_malformed"),
    "unknown kid": (lambda s, now: s.assertion(now, {"kid": "other"}), "client_not_recognised"),
    "issuer is not subject": (lambda s, now: s.assertion(now, iss=UNKNOWN), "client_not_recognised"),
    "no such client": (lambda s, now: s.assertion(now, iss=UNKNOWN, sub=UNKNOWN), "client_not_recognised"),
    "subject is an object": (lambda s, now: s.assertion(now, iss={}, sub={}), "client_not_recognised"),
    "wrong audience": (lambda s, now: s.assertion(now, aud="http://127.0.0.1:8000/"), "assertion_audience"),
    "two audiences": (lambda s, now: s.assertion(now, aud=[AUDIENCE, "https://other.example"]), "assertion_audience"),
    "no audience": (lambda s, now: s.assertion(now, aud=None), "assertion_audience"),
    "expired": (lambda s, now: s.assertion(now - timedelta(minutes=6), exp=after(now, -1)), "assertion_time"),
    "issued in the future": (lambda s, now: s.assertion(now + timedelta(minutes=2)), "assertion_time"),
    "not yet valid": (lambda s, now: s.assertion(now, nbf=after(now, 2)), "assertion_time"),
    "no exp": (lambda s, now: s.assertion(now, exp=None), "assertion_time"),
    "no iat": (lambda s, now: s.assertion(now, iat=None), "assertion_time"),
    "exp is a text": (lambda s, now: s.assertion(now, exp="2099"), "assertion_time"),
    "exp is true": (lambda s, now: s.assertion(now, exp=True), "assertion_time"),
    "too long a life": (lambda s, now: s.assertion(now, exp=after(now, 6)), "assertion_time"),
    "no jti": (lambda s, now: s.assertion(now, jti=None), "assertion_malformed"),
    "jti is a list": (lambda s, now: s.assertion(now, jti=["a"]), "assertion_malformed"),
    "not a JWT": (lambda s, now: "abc", "assertion_malformed"),
    "five parts": (lambda s, now: "a.b.c.d.e", "assertion_malformed"),
    "not text": (lambda s, now: "\u00e9.\u00e9.\u00e9", "assertion_malformed"),
}


def after(now, number: float) -> int:
    return int(now.timestamp()) + minutes(number)


@pytest.mark.parametrize("way", FORGED)
def test_a_forged_assertion_is_a_plain_401(signer, way):
    forge, code = FORGED[way]
    response = ask(forge(signer, clock.now()))
    body = problem(response, 401, code)
    assert body["error"] == "invalid_client" and "WWW-Authenticate" in response
    assert not AccessToken.objects.exists() and not UsedAssertion.objects.exists()


def test_an_assertion_is_good_once(signer):
    used = signer.assertion(clock.now())
    opened(ask(used))
    problem(ask(used), 401, "assertion_replayed")


def test_the_key_of_another_client_does_not_sign_for_this_one(world, signer):
    stranger = registered(world, world.theirs.client)
    forged = Signer(stranger.key, signer.kid, signer.client)
    problem(ask(forged.assertion(clock.now())), 401, "client_not_recognised")
    forged = Signer(stranger.key, stranger.kid, signer.client)
    problem(ask(forged.assertion(clock.now())), 401, "client_not_recognised")


def test_two_keys_stand_for_a_rotation_and_the_old_one_ends(world, signer):
    newer = registered(world, world.ours.client)
    opened(ask(signer.assertion(clock.now())))
    opened(ask(newer.assertion(clock.now())))
    with pytest.raises(KeyNotAccepted, match="已有两把"):
        registered(world, world.ours.client)
    old = client_keys.of(world.ours.client, clock.now()).get(kid=signer.kid)
    client_keys.end(old.pk, world.operator, clock.now())
    problem(ask(signer.assertion(clock.now())), 401, "client_not_recognised")
    opened(ask(newer.assertion(clock.now())))


def test_keys_and_client_id_outlive_the_renewal_of_the_client(world, signer):
    clients.rotate(world.ours.client.pk, world.operator, clock.now(), overlap=timedelta(0))
    opened(ask(signer.assertion(clock.now())))


def test_a_disabled_client_gets_nothing_and_its_tokens_end(world, signer):
    token = opened(ask(signer.assertion(clock.now())))
    clients.disable(world.ours.client.pk, world.operator, clock.now())
    problem(ask(signer.assertion(clock.now())), 401, "client_not_recognised")
    problem(get(token), 401, "unauthorised")


def test_a_token_ends_after_minutes(signer):
    now = clock.now()
    token = opened(ask(signer.assertion(now)))
    assert access_tokens.authenticate(token, "", now + timedelta(minutes=9)) is not None
    assert access_tokens.authenticate(token, "", now + timedelta(minutes=10, seconds=5)) is None


def test_a_revoked_token_ends_and_a_stranger_cannot_revoke(world, signer):
    token, stranger = opened(ask(signer.assertion(clock.now()))), registered(world, world.theirs.client)
    for other in (stranger, signer):
        said = ask(other.assertion(clock.now()), path="/api/v1/oauth/revoke", token=token)
        assert said.status_code == 200 and said.json() == {"revoked": True}
        found = problem(get(token), *((404, "not_found") if other is stranger else (401, "unauthorised")))
        assert found
    problem(ask("abc", path="/api/v1/oauth/revoke", token=token), 401, "assertion_malformed")


def test_a_parameter_twice_is_not_read(signer):
    form = f"grant_type=client_credentials&client_assertion_type={TYPE}"
    both = [signer.assertion(clock.now()) for _ in range(2)]
    body = "&".join([form, *(f"client_assertion={each}" for each in both)])
    answer = Client().post(TOKEN, body, content_type="application/x-www-form-urlencoded")
    problem(answer, 400, "unreadable")


@pytest.mark.parametrize(
    "given",
    ["", "{", "[]", '{"kty": "oct", "k": "AA"}', '{"kty": "EC", "crv": "P-256", "x": "aa", "y": "bb"}',
     '{"kty": "RSA"}',
     '{"kty": {}}', "x" * 5000, '{"kty": "EC", "kty": "RSA"}'],
)  # fmt: skip
def test_only_a_strong_public_key_is_registered(world, given):
    with pytest.raises(KeyNotAccepted):
        client_keys.add(world.ours.client.pk, given, world.operator, clock.now())


def test_a_private_key_and_a_key_twice_are_not_registered(world, signer):
    private, public = pair()
    with pytest.raises(KeyNotAccepted, match="私钥"):
        client_keys.add(world.ours.client.pk, json.dumps(private.as_dict(private=True)), world.operator, clock.now())
    client_keys.add(world.theirs.client.pk, public, world.operator, clock.now())
    with pytest.raises(KeyNotAccepted, match="登记过"):
        client_keys.add(world.ours.client.pk, public, world.operator, clock.now())
    weak = json.dumps({"kty": "RSA", "e": "AQAB", "n": text(b"\xff" * 128)})
    with pytest.raises(KeyNotAccepted):
        client_keys.add(world.ours.client.pk, weak, world.operator, clock.now())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(place=st.integers(0, 10_000), put=st.characters(min_codepoint=33, max_codepoint=126), cut=st.booleans())
def test_an_assertion_changed_anywhere_opens_nothing(signer, place, put, cut):
    now = clock.now()
    whole = signer.assertion(now)
    at = place % len(whole)
    changed = whole[:at] + ("" if cut else put) + whole[at + 1 :]
    if changed != whole:
        with pytest.raises(assertions.AssertionRefused):
            assertions.authenticate(changed, AUDIENCE, now)


def test_what_is_over_is_forgotten(signer):
    now = clock.now()
    opened(ask(signer.assertion(now)))
    assert (assertions.forget(now), access_tokens.forget(now)) == (0, 0)
    later = now + timedelta(hours=1)
    assert (assertions.forget(later), access_tokens.forget(later)) == (1, 1)


ASKED = {"purpose": "licensing", "subject_kind": "organisation", "code_kind": "uscc", "code": factories.FIRM,
         "name": "栖云望舒食品有限公司"}  # fmt: skip


def test_an_idempotency_key_stands_for_its_request_after_the_token_was_renewed(world):
    headers = {"Idempotency-Key": "key-0001"}
    told = world.ours.post("/enquiries", ASKED, **headers)
    issued = clients.rotate(world.ours.client.pk, world.operator, clock.now(), overlap=timedelta(0))
    renewed = {"Authorization": f"Bearer {issued.token}", **headers}
    again = Client().post("/api/v1/enquiries", ASKED | {"name": "别家"}, "application/json", headers=renewed)
    problem(again, 409, "idempotency_key_reused")
    same = Client().post("/api/v1/enquiries", ASKED, "application/json", headers=renewed)
    assert (same.status_code, same.json()["code"]) == (told.status_code, told.json()["code"])


def test_the_door_notes_the_key_of_every_unsafe_operation(world):
    problem(world.ours.post("/enquiries", {}, **{"Idempotency-Key": "x y"}), 422, "invalid")
    assert world.ours.post("/enquiries", ASKED, **{"Idempotency-Key": "key-0002"}).status_code == 403
    other = world.ours.post("/enquiries", ASKED | {"name": "别家"}, **{"Idempotency-Key": "key-0002"})
    problem(other, 409, "idempotency_key_reused")
