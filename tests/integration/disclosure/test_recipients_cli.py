"""What the centre does for a recipient on the command line: the whole set on a medium, what it holds, what is due."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.accounts.roles import Role
from chengxin.cli.main import main
from chengxin.disclosure import feed, recipients
from chengxin.disclosure.models import Endpoint, Receipt
from chengxin.disclosure.recipients import Wanted
from chengxin.ui.clock import moved_to
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = 30


@pytest.fixture
def taker(settings):
    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]
    factories.law()
    factories.record(factories.firm(), document_no="示交罚〔2026〕7号")
    factories.agency(factories.OTHER_AGENCY)
    operator = factories.user("operator", Role.CENTRE_OPERATOR, of=factories.agency())
    wanted = Wanted(factories.OTHER_AGENCY, "GX-9", "supervision", TODAY, TODAY + timedelta(days=700), KEPT)
    found = recipients.add(wanted, actor=operator, now=NOW).recipient
    feed.collect(NOW, TODAY)
    return found


def run(*words, day=TODAY):
    with moved_to(day):
        done = CliRunner().invoke(main, ["recipient", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_whole_set_is_written_as_signed_pages_and_counts_as_given(taker, tmp_path):
    assert "1 页 pages, 1 条 records" in run("snapshot", taker.pk, "--out", tmp_path / "set", "--as", "operator")
    (file,) = (tmp_path / "set").iterdir()
    page = json.loads(file.read_text(encoding="utf-8"))
    key = Ed25519PublicKey.from_public_bytes(vault.public_key())
    key.verify(bytes.fromhex(page["signature"]), page["body"].encode())
    assert Receipt.objects.get().recipient == taker and json.loads(page["body"])["complete"]


def test_what_should_be_held_is_told_by_count_and_digest(taker):
    said = run("held", taker.pk, "--buckets")
    assert "截至 as of 1: 1 条 records" in said and len(said.splitlines()) == 2


def test_what_is_due_is_listed_until_a_letter_is_written_down(taker):
    feed.pull(taker, 0, now=NOW, today=TODAY)
    day = TODAY + timedelta(days=KEPT + 20)
    assert "GX-9" not in run("deletions")
    assert run("deletions", day=day).split("\t")[3:5] == ["1", "1"]
    through = day - timedelta(days=1)
    assert "1 条" in run("deleted", taker.pk, "--through", through, "--as", "operator", day=day)
    assert run("deletions", day=day) == ""


def test_the_address_is_moved_and_taken_away(taker):
    run("move", taker.pk, "--url", "http://127.0.0.1:1/in", "--as", "operator")
    assert Endpoint.objects.get().url == "http://127.0.0.1:1/in"
    run("move", taker.pk, "--as", "operator")
    assert Endpoint.objects.get().closed_at is not None
