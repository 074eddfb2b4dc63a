"""Comments on a change: from anybody and from agencies, sealed, answered before the approval, and told to who asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, transaction
from django.test import Client
from tests import factories as make
from tests import filings
from tests.desks import BASIS, LATER, Desk, as_it_stands
from tests.factories import NOW, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.catalogue import change_reading, changes, comments, overlay
from chengxin.catalogue.comments import Said
from chengxin.catalogue.models import Change, ChangeComment
from chengxin.cli import catalogue as cli
from chengxin.ledger.models import Entry
from chengxin.rules.workflow import NeedsUnmet, NotThisRole
from chengxin.ui import clock
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
CANARY = "金丝雀说这一列不该公开"
RENAME = {"layout": {
    "layout": "CF", "operation": "rename", "field": "CF_JDRQ", "heading": "决定作出日", "basis": BASIS,
    "since": TODAY.isoformat(), "verified": False,
}}  # fmt: skip


@pytest.fixture
def desk() -> Iterator[Desk]:
    make.law()
    overlay.put(overlay.Overlay())
    yield Desk()
    overlay.put(overlay.Overlay())


@pytest.fixture
def change(desk: Desk) -> Change:
    """A change that is open to comment for thirty days."""
    make.agency()
    return desk.to_comment({"item": as_it_stands(make.PENALTY) | {"since": LATER.isoformat(), "publicity": "shared"}})


def public(change: Change, text: str = CANARY, address: str = "192.0.2.1", now: Any = NOW, today: Any = TODAY) -> str:
    said = Said(text, "王某", "wang@example.invalid")
    return comments.from_the_public(change.number, said, address, now=now, today=today)


def test_a_comment_is_sealed_and_has_its_step_and_its_leaf(change: Change) -> None:
    number = public(change)
    [found] = comments.of_change(change)
    assert (found.number, found.said, found.agency) == (number, Said(CANARY, "王某", "wang@example.invalid"), None)
    assert CANARY.encode() not in bytes(ChangeComment.objects.get().sealed)
    assert change_reading.steps(change)[-1].action == "comment"
    leaf = Entry.objects.latest("pk")
    assert leaf.kind == "catalogue.change" and CANARY.encode() not in bytes(leaf.body)
    version = change.version
    change.refresh_from_db()
    assert change.version == version  # Nobody's page grows old because somebody spoke.


def test_a_comment_is_not_rewritten_and_goes_with_its_key(change: Change) -> None:
    public(change)
    for wrong in ({"sealed": b"x"}, {"made_at": NOW}, {"address_index": "x"}):
        with transaction.atomic(), pytest.raises(DatabaseError):
            ChangeComment.objects.update(**wrong)
    vault.destroy(ChangeComment.objects.get().key, NOW)
    [gone] = comments.of_change(change)
    assert gone.said is None


def test_every_comment_is_answered_before_the_change_is_approved(desk: Desk, change: Change) -> None:
    public(change)
    with pytest.raises(NeedsUnmet, match="逐条答复"):
        desk.approve(change, LATER)
    [found] = comments.of_change(change)
    with pytest.raises(NotPermitted):
        comments.answer(found.id, "不采纳", actor=desk.decider, now=NOW, today=TODAY)
    with pytest.raises(NeedsUnmet):
        comments.answer(found.id, " ", actor=desk.author, now=NOW, today=TODAY)
    comments.answer(found.id, "采纳一半", actor=desk.author, now=NOW, today=TODAY)
    with pytest.raises(comments.NoSuchComment):
        comments.answer(found.id, "又一次", actor=desk.author, now=NOW, today=TODAY)
    assert comments.of_change(change)[0].answer == "采纳一半" and comments.counted(change) == (1, 1)
    assert desk.approve(change, LATER).state == "in_force"


def test_nobody_writes_the_step_of_a_comment_by_hand(desk: Desk, change: Change) -> None:
    with pytest.raises(NotThisRole):
        changes.act(change.id, "comment", "代收", actor=desk.author, now=NOW, today=TODAY)


def test_agencies_are_told_when_the_period_opens_and_when_they_are_answered(desk: Desk, change: Change) -> None:
    clerk = filings.clerk(make.agency(make.OTHER_AGENCY))
    box = Message.objects.filter(kind="catalogue_comment")
    assert [each.mailbox for each in box] == [make.agency().pk]
    assert str(change.pk) in box[0].link and "2026-12-20" in box[0].body
    desk.to_comment(RENAME)
    assert box.count() == 1  # Another name for a column takes nobody's rights along.
    comments.from_an_agency(change.pk, "我单位的系统来不及", actor=clerk, now=NOW, today=TODAY)
    public(change)
    [own] = comments.of_change(change, clerk.agency)
    comments.answer(own.id, "改为明年", actor=desk.author, now=NOW, today=TODAY)
    told = Message.objects.get(kind="catalogue_answer")
    assert told.mailbox == clerk.agency.pk and "明年" not in told.title + told.body
    with pytest.raises(NotPermitted):
        comments.from_an_agency(change.pk, "个人看法", actor=desk.author, now=NOW, today=TODAY)


def test_one_address_says_five_things_an_hour_and_is_forgotten_afterwards(change: Change) -> None:
    for _ in range(comments.TRIES):
        public(change)
    with pytest.raises(comments.TooManyComments):
        public(change)
    public(change, address="192.0.2.2")
    later = NOW + timedelta(minutes=61)
    public(change, now=later)
    assert (comments.forget_addresses(later), comments.forget_addresses(later)) == (comments.TRIES + 1, 0)
    assert ChangeComment.objects.filter(address_index__isnull=False).count() == 1


def test_outside_its_period_a_change_takes_no_comment(desk: Desk, change: Change) -> None:
    assert change.comment_until is not None
    public(change, today=change.comment_until)
    with pytest.raises(comments.CommentsClosed):
        public(change, today=change.comment_until + timedelta(days=1))
    with pytest.raises(comments.NothingSaid):
        public(change, " ")
    with pytest.raises(comments.TooLong, match=str(comments.LONGEST + 1)):
        public(change, "长" * (comments.LONGEST + 1))
    with pytest.raises(changes.NoSuchChange):
        comments.from_the_public(99, Said("x"), "192.0.2.1", now=NOW, today=TODAY)
    draft = desk.propose(RENAME)
    with pytest.raises(comments.CommentsClosed):
        public(draft)


def test_the_public_form_takes_it_without_an_account_and_says_too_many(change: Change) -> None:
    client = Client()
    address = f"/catalogue/changes/{change.number}/comment/"
    with clock.moved_to(TODAY):
        assert client.get("/catalogue/changes/99/comment/").status_code == 404
        assert client.post(address, {"text": ""}).status_code == 422
        taken = client.post(address, {"text": CANARY, "name": "", "contact": ""}, follow=True)
        assert "意见已收到" in taken.content.decode() and CANARY not in taken.content.decode()
        for _ in range(comments.TRIES - 1):
            assert client.post(address, {"text": "再说一句"}).status_code == 302
        assert client.post(address, {"text": "再说一句"}).status_code == 429
        page = client.get("/catalogue/").content.decode()
    assert address in page and f"已收到意见 {comments.TRIES} 条" in page and CANARY not in page


def test_the_command_line_lists_and_answers(desk: Desk, change: Change) -> None:
    number, run = public(change), CliRunner().invoke
    with clock.moved_to(TODAY), patch.object(cli, "start", lambda _demo: None):
        listed = run(cli.catalogue, ["comments", "1", "--as", "author"])
        assert number in listed.output and CANARY in listed.output, listed.output
        clerk = filings.clerk(make.agency(make.OTHER_AGENCY))
        assert CANARY not in run(cli.catalogue, ["comments", "1", "--as", clerk.username]).output
        assert run(cli.catalogue, ["answer", "1", "FFFFFFFF", "--as", "author", "--text", "x"]).exit_code == 1
        done = run(cli.catalogue, ["answer", "1", number, "--as", "author", "--text", "采纳"])
    assert done.exit_code == 0, done.output
    assert comments.of_change(change)[0].answer == "采纳"


def test_an_agency_sees_its_own_comments_and_no_others(desk: Desk, change: Change) -> None:
    public(change)
    clerk = filings.clerk(make.agency(make.OTHER_AGENCY))
    client = Client()
    client.force_login(clerk)
    address = f"/console/catalogue/comments/{change.pk}/"
    with clock.moved_to(TODAY):
        assert str(change.number) in client.get("/console/catalogue/comments/").content.decode()
        assert client.post(address, {"text": " "}).status_code == 422
        page = client.post(address, {"text": "我单位的系统来不及"}, follow=True).content.decode()
        assert "我单位的系统来不及" in page and CANARY not in page
        client.force_login(desk.author)
        assert client.get(address).status_code == 403
        page = client.get(f"/console/catalogue/{change.pk}/").content.decode()
        assert "我单位的系统来不及" in page and CANARY in page and "wang@example.invalid" in page
        [first, second] = comments.of_change(change)
        answers = f"/console/catalogue/{change.pk}/comments/{{}}/"
        done = client.post(answers.format(first.id), {"text": "已采纳"}, follow=True).content.decode()
        assert "已答复" in done and "已采纳" in done
        assert client.post(answers.format(first.id), {"text": "又一次"}).status_code == 404
        client.force_login(clerk)
        assert client.post(answers.format(second.id), {"text": "自问自答"}).status_code == 403
        assert "自问自答" not in client.get(address).content.decode()
