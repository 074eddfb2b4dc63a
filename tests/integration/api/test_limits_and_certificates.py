"""How often a caller may ask, told and kept by one count for all processes; and tokens bound to a certificate."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from django.test import Client
from tests.assertions import Signer, ask, pair
from tests.integration.api.conftest import problem

from chengxin.accounts import client_keys, quota
from chengxin.accounts.models import ApiClient, RateWindow
from chengxin.accounts.quota import OverQuota
from chengxin.ui import clock

NOW = datetime(2026, 11, 20, 9, 30, 15, tzinfo=UTC)
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def counted(settings, clock_stands_still):
    settings.CHENGXIN_QUOTAS = True
    quota._shares.clear()
    yield
    quota._shares.clear()


@pytest.mark.django_db
def test_a_client_is_told_its_limit_and_held_to_it(world, counted):
    ApiClient.objects.filter(pk=world.ours.client.pk).update(per_minute=3)
    path = f"/submissions/{UNKNOWN}"
    told = [world.ours.get(path) for _ in range(3)]
    assert {each.status_code for each in told} == {404}
    assert told[0]["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert [each["RateLimit"].split(";")[1] for each in told] == ["r=2", "r=1", "r=0"]
    refused = world.ours.get(path)
    problem(refused, 429, "over_quota")
    assert 1 <= int(refused["Retry-After"]) <= 60 and '"minute";r=0' in refused["RateLimit"]
    problem(world.theirs.get(path), 404, "not_found")


@pytest.mark.django_db
def test_who_needs_no_token_is_counted_by_address(world, counted, settings):
    settings.CHENGXIN_PROXIES = frozenset({"127.0.0.1"})
    here, there = ({"X-Forwarded-For": f"192.0.2.9, {each}"} for each in ("198.51.100.1", "198.51.100.2"))
    answers = [Client().get("/api/v1/latest", headers=here) for _ in range(121)]
    assert {each.status_code for each in answers[:120]} == {200}
    problem(answers[120], 429, "over_quota")
    assert answers[120]["Retry-After"]
    assert Client().get("/api/v1/latest", headers=there).status_code == 200
    assert "198.51" not in str(list(RateWindow.objects.values()))


@pytest.mark.django_db
def test_the_next_window_begins_anew_and_past_ones_are_forgotten(counted):
    for _ in range(5):
        quota.draw("a", 5, NOW)
    with pytest.raises(OverQuota):
        quota.draw("a", 5, NOW)
    assert quota.draw("a", 5, NOW + timedelta(seconds=45)).remaining == 4
    assert quota.forget(NOW + timedelta(minutes=1)) == 0
    assert quota.forget(NOW + timedelta(minutes=5)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 7, 49, 101, 600])
def test_processes_together_never_exceed_the_limit(counted, limit):
    """Two processes are two memories over one table; here they take turns."""
    memories: list[dict] = [{}, {}]
    passed = 0
    for turn in range(2 * limit + 40):
        quota._shares.clear()
        quota._shares.update(memories[turn % 2])
        try:
            quota.draw("a", limit, NOW)
            passed += 1
        except OverQuota:
            pass
        memories[turn % 2] = dict(quota._shares)
    assert limit - 2 * max(1, limit // quota.SHARES) <= passed <= limit


@pytest.mark.django_db
def test_most_requests_cost_no_question_to_the_database(counted, django_assert_max_num_queries):
    with django_assert_max_num_queries(5 * 8):
        for _ in range(60):
            quota.draw("a", 600, NOW)


@pytest.mark.django_db(transaction=True)
def test_threads_at_once_do_not_pass_the_limit(counted):
    passed: list[int] = []

    def many() -> None:
        for _ in range(30):
            try:
                quota.draw("a", 40, NOW)
                passed.append(1)
            except OverQuota:
                pass
        connection.close()

    threads = [Thread(target=many) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(passed) == 40


def certificate() -> x509.Certificate:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "system")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=9)).sign(key, hashes.SHA256())


def as_field(one: x509.Certificate) -> dict[str, str]:
    return {"Client-Cert": f":{base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode()}:"}


def as_pem(one: x509.Certificate) -> dict[str, str]:
    return {"Client-Cert": quote(one.public_bytes(serialization.Encoding.PEM).decode())}


def get(token: str, headers: dict[str, str]):
    held = {"Authorization": f"Bearer {token}", **headers}
    return Client().get(f"/api/v1/submissions/{UNKNOWN}", headers=held)


@pytest.mark.django_db
def test_a_token_works_with_the_certificate_it_was_given_to_only(world, settings):
    settings.CHENGXIN_CERTIFICATE_HEADER, settings.CHENGXIN_PROXIES = "Client-Cert", frozenset({"127.0.0.1"})
    private, public = pair()
    signer = Signer(
        private, client_keys.add(world.ours.client.pk, public, world.operator, clock.now()).kid, world.ours.client
    )
    mine, other = certificate(), certificate()
    broken = {"Client-Cert": ":AAAA:"}
    for none in ({}, broken, {"Client-Cert": "x" * 20_000}):
        problem(ask(signer.assertion(clock.now()), none), 401, "certificate_missing")
    token = ask(signer.assertion(clock.now()), as_field(mine)).json()["access_token"]
    for same in (as_field(mine), as_pem(mine)):
        problem(get(token, same), 404, "not_found")
    for wrong in ({}, broken, as_field(other), as_pem(other)):
        problem(get(token, wrong), 401, "unauthorised")
    settings.CHENGXIN_PROXIES = frozenset({"192.0.2.1"})
    problem(get(token, as_field(mine)), 401, "unauthorised")


@pytest.mark.django_db
def test_the_header_means_nothing_while_the_binding_is_off(world):
    private, public = pair()
    key = client_keys.add(world.ours.client.pk, public, world.operator, clock.now())
    signer = Signer(private, key.kid, world.ours.client)
    token = ask(signer.assertion(clock.now()), as_field(certificate())).json()["access_token"]
    problem(get(token, {}), 404, "not_found")


@pytest.mark.django_db
def test_a_clock_that_was_put_back_shuts_nobody_out(monkeypatch):
    monkeypatch.setattr(quota, "_shares", {})
    later = NOW + timedelta(days=9)
    assert quota.draw("somebody", 100, later).remaining == 99
    monkeypatch.setattr(quota, "_shares", {})
    assert quota.draw("somebody", 100, NOW).remaining == 99
