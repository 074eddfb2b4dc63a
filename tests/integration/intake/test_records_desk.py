"""The pages of an agency's records, without a browser: every page answers, and what is not permitted says so."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import factories as make
from tests import filings

from chengxin.intake.models import Admission
from chengxin.registry import selectors as registry

pytestmark = pytest.mark.django_db
DESK = "/console/intake/records/"


@pytest.fixture
def scene():
    make.law()
    clerk = filings.clerk(make.agency())
    filings.file(filings.as_csv([filings.FIRM_ROW, filings.PERSON_ROW]), clerk)
    again = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_NR_FK": "0.8"}]), clerk, name="again.csv")
    client = Client()
    client.force_login(clerk)
    return client, Admission.objects.get(row__row_no=2).record_id, again


def test_every_page_answers(scene):
    client, record, again = scene
    pages = ("", "withdraw-file/", f"{record}/", f"{record}/withdraw/", f"{record}/correct/", f"{record}/lineage/")
    for page in pages:
        assert client.get(DESK + page).status_code == 200, page
    told = client.get(f"/console/intake/{again.id}/differences/").content.decode()
    assert "0.5" in told and "0.8" in told and "新文件里没有的记录" in told


def test_a_withdrawal_is_looked_at_and_then_made(scene):
    client, record, _again = scene
    given = {"reason": "revoked", "document_no": "示复决〔2026〕3号", "decided_on": "2026-11-19", "note": "撤销"}
    looked = client.post(f"{DESK}{record}/withdraw/", given)
    assert "2026-11-24" in looked.content.decode()
    assert registry.present_version(record).ended_at is None
    assert client.post(f"{DESK}{record}/withdraw/", given | {"step": "confirm"}).status_code == 302
    assert registry.present_version(record).cause == "withdrawn"
    assert "这条记录已撤回" in client.get(f"{DESK}{record}/").content.decode()
    assert client.post(f"{DESK}{record}/undo/", {"note": "撤错了"}).status_code == 302
    assert registry.present_version(record).ended_at is None


def test_a_correction_is_shown_and_then_made(scene):
    client, record, _again = scene
    form = client.get(f"{DESK}{record}/correct/").context["form"]
    given = {name: field.initial or "" for name, field in form.fields.items()}
    given |= {"CF_NR_FK": "0.9", "note": "录入有误"}
    looked = client.post(f"{DESK}{record}/correct/", given)
    assert looked.context["ready"] and [row[1:] for row in looked.context["rows"]] == [["0.5", "0.9"]]
    done = client.post(f"{DESK}{record}/correct/", given | {"step": "confirm", "number": "1"})
    assert done.status_code == 302
    assert registry.present_version(record).content["CF_NR_FK"]["fen"] == 900_000


def test_another_agency_finds_the_same_nothing(scene):
    _client, record, _again = scene
    stranger = Client()
    stranger.force_login(filings.clerk(make.agency(make.OTHER_AGENCY), "stranger"))
    for page in ("", "withdraw/", "undo/", "correct/", "lineage/"):
        theirs = stranger.get(f"{DESK}{record}/{page}")
        unknown = stranger.get(f"{DESK}00000000-0000-4000-8000-000000000000/{page}")
        assert theirs.status_code == unknown.status_code == 404
        assert _words(theirs) == _words(unknown) != ""


def _words(answer) -> str:
    """Return the text of a page; tokens against forgery differ from answer to answer."""
    body = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]*>", "", body.group()) if body else ""
