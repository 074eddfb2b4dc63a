"""The small client without a platform: what it sends, what it keeps to itself, and what it makes of answers."""

from __future__ import annotations

import ast
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SOURCE = Path(__file__).parents[3] / "client" / "src"
sys.path.insert(0, str(SOURCE))

from chengxin_client import Answer, Client, Failed, Gap, Inbox, NotFromThere, Subject, over_https  # noqa: E402

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CODE, NUMBER, NAME = "91320199MA00000156", "320199198002290012", "沈清和"


class Platform:
    """Keeps what was sent and gives out answers in their order."""

    def __init__(self, *answers):
        self.sent, self.answers = [], list(answers)

    def __call__(self, method, path, headers, body):
        self.sent.append((method, path, headers, json.loads(body) if body else None))
        status, told = self.answers.pop(0)
        return Answer(status, {"retry-after": "7"}, json.dumps(told).encode())


def test_it_uses_nothing_but_the_standard_library():
    roots = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else name.name.split(".")[0]
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert roots <= {*sys.stdlib_module_names, "chengxin_client"}


def test_numbers_and_names_travel_in_bodies_only_and_are_not_in_any_repr():
    there = Platform((200, {"results": [], "warning": ""}))
    client = Client("https://x.example", "cx_secret", there)
    client.screen("market_entry", "1", "a", [Subject.person(NUMBER, NAME)], "key-12345")
    method, path, headers, body = there.sent[0]
    assert (method, path, body["subjects"][0]["code"]) == ("POST", "/api/v1/screenings", NUMBER)
    assert headers["Authorization"] == "Bearer cx_secret" and headers["Idempotency-Key"] == "key-12345"
    said = repr(client) + repr(Subject.person(NUMBER, NAME))
    assert not any(word in said for word in (NUMBER, NAME, "cx_secret"))


def test_many_are_asked_piece_by_piece_and_too_many_at_once_not_at_all():
    empty = (200, {"results": [], "warning": ""})
    there = Platform(empty, empty, empty)
    client = Client("https://x.example", "t", there)
    assert len(list(client.screen_all("m", "1", "a", [Subject.organisation(CODE)] * 5, piece=2))) == 3
    assert [len(body["subjects"]) for *_rest, body in there.sent] == [2, 2, 1]
    for wrong in ([], [Subject.organisation(CODE)] * 5001):
        with pytest.raises(ValueError, match="5000"):
            client.screen("m", "1", "a", wrong)


def test_a_refusal_is_told_with_its_code_and_when_to_come_again():
    there = Platform((429, {"code": "over_quota", "detail": "慢", "detail_en": "slow"}), (200, []))
    client = Client("https://x.example", "t", there)
    with pytest.raises(Failed) as told:
        client.pushing()
    assert (told.value.status, told.value.code, told.value.retry_after) == (429, "over_quota", 7)
    with pytest.raises(Failed):
        client.pushing()


def test_pages_are_followed_to_their_end():
    pages = [(200, {"items": [{"number": 1}], "next_cursor": "1"}), (200, {"items": [], "next_cursor": "1"})]
    there = Platform(*pages)
    assert [each["number"] for each in Client("https://x.example", "t", there).events()] == [1]
    assert [path for _m, path, *_rest in there.sent] == [
        "/api/v1/screenings/events?cursor=0",
        *["/api/v1/screenings/events?cursor=1"],
    ]


@pytest.mark.parametrize("base", ["http://credit.example", "ftp://localhost", "credit.example"])
def test_nothing_is_sent_in_the_clear(base):
    with pytest.raises(ValueError, match="https"):
        over_https(base)
    assert over_https("http://127.0.0.1:8000")


class TestInbox:
    """Pushed events: signed, fresh, in order, once."""

    key = Ed25519PrivateKey.generate()

    def fits(self, signature, text):
        try:
            self.key.public_key().verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def message(self, *numbers, at=NOW, domain="chengxin-screening-v1"):
        body = json.dumps({"after": numbers[0] - 1, "events": [{"number": each} for each in numbers]}).encode()
        event, moment = f"{numbers[0]}-{numbers[-1]}", at.isoformat()
        text = f"{domain}\n{event}\n{moment}\n".encode() + body
        names = {"X-Chengxin-Event": event, "X-Chengxin-Time": moment}
        return {**names, "X-Chengxin-Signature": self.key.sign(text).hex()}, body

    def test_each_is_taken_once_and_in_order(self):
        inbox = Inbox(self.fits)
        taken = [
            [each["number"] for each in inbox.take(*self.message(*some), NOW).events] for some in ((1, 2), (1, 2, 3))
        ]
        assert taken == [[1, 2], [3]] and inbox.last == 3
        with pytest.raises(Gap):
            inbox.take(*self.message(5), NOW)

    def test_a_changed_an_old_and_another_doors_message_is_not_believed(self):
        headers, body = self.message(1)
        forged = ({**headers, "X-Chengxin-Signature": "zz"}, body)
        other, old = self.message(1, domain="chengxin-push-v1"), self.message(1, at=NOW - timedelta(hours=1))
        for wrong in ((headers, body + b" "), other, old, forged):
            with pytest.raises(NotFromThere):
                Inbox(self.fits).take(*wrong, NOW)
