"""Tries are counted by the caller's own address: behind a proxy one visitor's failures do not stop another."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.accounts.models import FailedSignIn
from chengxin.accounts.sign_in import TRIES

pytestmark = pytest.mark.django_db
STOPPED = "分钟后再试"
WRONG = {"username": "nobody", "password": "wrong"}


@pytest.fixture(autouse=True)
def proxy(settings) -> None:
    settings.CHENGXIN_PROXIES = frozenset({"127.0.0.1"})


def sign_in(address: str, **meta: str) -> str:
    headers = {"X-Forwarded-For": address}
    return Client().post("/sign-in/", WRONG, headers=headers, **meta).content.decode()


def test_failures_at_sign_in_are_counted_where_they_come_from():
    for _ in range(TRIES):
        assert STOPPED not in sign_in("192.0.2.7")
    assert STOPPED in sign_in("192.0.2.7") and STOPPED not in sign_in("192.0.2.8")
    assert set(FailedSignIn.objects.values_list("address", flat=True)) == {"192.0.2.7", "192.0.2.8"}


def test_what_a_proxy_hands_on_is_cut_to_the_length_of_an_address():
    sign_in("x" * 300)
    assert FailedSignIn.objects.get().address == "x" * 45


def test_a_header_from_anywhere_else_is_not_believed():
    sign_in("192.0.2.7", REMOTE_ADDR="198.51.100.9")
    assert FailedSignIn.objects.get().address == "198.51.100.9"


def test_wrong_query_codes_of_one_visitor_do_not_stop_another():
    def looked(address: str) -> str:
        code = {"code": "ABCD2345EFGH"}
        return Client().post("/progress/", code, headers={"X-Forwarded-For": address}).content.decode()

    said = [looked("192.0.2.7") for _ in range(30)]
    assert said[-1] != said[0], "the visitor is stopped"
    assert "次数" not in looked("192.0.2.8") and "稍后" not in looked("192.0.2.8")
