"""Status lists: the worked examples of the Token Status List specification, and lists that must be refused."""

from __future__ import annotations

import json
import os
import random
import zlib

import pytest
from tests import portable_tokens as tokens
from tests.portable_tokens import ISSUER, KEYS, LIST_URI, NOW, PLAIN_KEYS
from verifier import chengxin_portable

from chengxin.vault.sdjwt import jose, statuslist
from chengxin.vault.sdjwt.jose import NotSound
from chengxin.vault.sdjwt.statuslist import LARGEST, Status, StatusList

ONE_BIT = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
TWO_BITS = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
CLAIMS = {"status": {"status_list": {"idx": 5, "uri": LIST_URI}}}


@pytest.mark.parametrize(("values", "bits", "text"), [(ONE_BIT, 1, "eNrbuRgAAhcBXQ"), (TWO_BITS, 2, "eNo76fITAAPfAgc")])
def test_the_examples_of_the_specification(values, bits, text):
    assert statuslist.pack(dict(enumerate(values)), len(values), bits) == text
    width, packed = statuslist.unpack({"bits": bits, "lst": text})
    found = StatusList(0, None, None, width, packed)
    assert [found.at(n) for n in range(len(values))] == values


def listed(values=None, **changed):
    """Return a signed list; ``changed`` spoils a claim, the type or the key."""
    header = {"typ": changed.pop("typ", statuslist.TYPE), "kid": "k"}
    key = changed.pop("key", ISSUER)
    body = {"bits": 2, "lst": statuslist.pack(values or {5: Status.SUPERSEDED}, 1024)}
    claims = {"sub": LIST_URI, "iat": NOW, "exp": NOW + 600, "status_list": body, **changed}
    return jose.sign(header, claims, key)


def ours(text, now=NOW):
    where = statuslist.reference(CLAIMS)
    return statuslist.check(text, KEYS, uri=where.uri, now=now).at(where.index)


def alone(text, now=NOW):
    return chengxin_portable.status_of(CLAIMS, text, PLAIN_KEYS, now)[0]


BOTH = pytest.mark.parametrize("read", [ours, alone])


@BOTH
@pytest.mark.parametrize("status", list(Status))
def test_each_status_is_read_and_its_neighbours_are_not(read, status):
    assert read(listed({5: status, 4: 3, 6: 3})) == status


@BOTH
def test_a_list_fetched_earlier_serves_until_it_ends(read):
    text = statuslist.make({5: 1}, 1024, ISSUER, kid="k", uri=LIST_URI, now=NOW, ttl=60, until=NOW + 600)
    assert read(text, NOW + 599) == Status.WITHDRAWN
    with pytest.raises(tokens.REFUSALS):
        read(text, NOW + 700)


SHORT = {"bits": 2, "lst": jose.encode(zlib.compress(b"\0"))}
WRONG = {
    "signed by a stranger": {"key": tokens.STRANGER},
    "of another type": {"typ": "JWT"},
    "of another address": {"sub": LIST_URI + "0"},
    "made tomorrow": {"iat": NOW + 86_400},
    "without a time": {"iat": None},
    "of a width there is none": {"status_list": {**SHORT, "bits": 3}},
    "of a width that is true": {"status_list": {**SHORT, "bits": True}},
    "too short": {"status_list": SHORT},
    "not compressed": {"status_list": {"bits": 2, "lst": jose.encode(b"plain")}},
    "cut off": {"status_list": {"bits": 2, "lst": jose.encode(zlib.compress(bytes(1000))[:-3])}},
    "with something behind it": {"status_list": {"bits": 2, "lst": jose.encode(zlib.compress(bytes(1000)) + b"x")}},
    "a bomb": {"status_list": {"bits": 2, "lst": jose.encode(zlib.compress(bytes(LARGEST + 1)))}},
    "no list": {"status_list": []},
    "no text": {"status_list": {"bits": 2, "lst": 1}},
}


@BOTH
@pytest.mark.parametrize("wrong", WRONG)
def test_refused(read, wrong):
    with pytest.raises(tokens.REFUSALS):
        read(listed(**WRONG[wrong]))


NOWHERE = ({"uri": 1, "idx": 0}, {"uri": "x", "idx": -1}, {"uri": "x", "idx": True}, {"uri": "x"}, [])


@pytest.mark.parametrize("claims", [{}, {"status": 1}, *({"status": {"status_list": each}} for each in NOWHERE)])
def test_a_report_that_names_no_place_has_no_status(claims):
    with pytest.raises(NotSound):
        statuslist.reference(claims)
    with pytest.raises(chengxin_portable.NotSound):
        chengxin_portable.status_of(json.loads(json.dumps(claims)), listed(), PLAIN_KEYS, NOW)


@pytest.mark.parametrize(("read", "usual"), [(ours, "20000"), (alone, "300")], ids=["ours", "alone"])
def test_no_random_change_of_a_list_is_accepted_and_none_breaks_the_check(read, usual):
    total, sound, rng = int(os.environ.get("CHENGXIN_MUTATIONS", usual)), listed({5: 1}), random.Random(2024)
    assert read(sound) == Status.WITHDRAWN
    accepted, tried = [], 0
    while tried < total:
        changed = tokens.mutated_list(sound, rng)
        if changed == sound:
            continue
        tried += 1
        try:
            read(changed)
        except tokens.REFUSALS:
            continue
        accepted.append(changed)
    assert (accepted, tried) == ([], total)
