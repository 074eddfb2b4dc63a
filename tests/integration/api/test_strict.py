"""Strict JSON: what two readers could understand in two ways, or what is too large, is refused with 400."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.integration.api.conftest import problem

from chengxin.api.strict import Malformed, loads

BAD = {
    "a key twice": b'{"purpose": "a", "purpose": "b"}',
    "a key twice, deep inside": b'{"a": [{"b": 1, "b": 2}]}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number beyond all": b'{"a": 1e999}',
    "an integer of sixteen digits": b'{"a": 1234567890123456}',
    "a negative one": b'{"a": -1234567890123456}',
    "deeper than 32": b"[" * 33 + b"]" * 33,
    "very deep": b"[" * 100_000,
    "larger than 1 MB": b'"' + b"a" * (1024 * 1024) + b'"',
    "not UTF-8": b'{"a": "\xff"}',
    "half a character": rb'{"a": "\ud800"}',
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "cut off": b'{"a": ',
    "two values": b"{} {}",
    "single quotes": b"{'a': 1}",
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_is_refused(body):
    with pytest.raises(Malformed):
        loads(body)


@pytest.mark.parametrize(
    "body",
    [b'{"a": 123456789012345}', b"[" * 32 + b"]" * 32, b'"[[[[\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', b'"\xe8\xaf\x9a"'],
)
def test_is_read(body):
    assert loads(body)


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_ends_in_a_problem_that_repeats_nothing(world, body):
    response = world.ours.post("/enquiries", body)
    problem(response, 400, "malformed_json")
    assert b"1234567890123456" not in response.content


def test_another_media_type_is_refused(world):
    response = Client().post(
        "/api/v1/enquiries", "a=1", content_type="application/x-www-form-urlencoded", headers=world.ours.headers()
    )
    problem(response, 415, "not_json")


def test_a_body_beyond_what_django_reads_is_refused(world):
    problem(world.ours.post("/enquiries", b'"' + b"a" * (3 * 1024 * 1024) + b'"'), 400, "unreadable")


def test_an_undefined_field_is_refused_and_not_repeated(world):
    response = world.ours.post("/enquiries", {"320199198002290012": 1})
    body = problem(response, 422, "invalid")
    assert {error["code"] for error in body["errors"]} >= {"missing", "extra_forbidden"}
    assert "320199198002290012" not in response.content.decode()
