"""Any kind of file over HTTP, several in a ZIP, and columns that nobody knows yet."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories, filings
from tests.integration.api.conftest import problem

from chengxin.intake.models import HeldFile, RowState, Submission
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db
ARCHIVE = "/submissions/archive"
FIRM_ROW = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕91号"}
OTHER_ROW = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕92号"}
RENAMED = {"CF_WSH": "本地文号甲", "CF_NR_FK": "处罚数额乙"}


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return made.getvalue()


def parts(content: bytes, name: str = "批次.zip", **changed):
    return {"item": factories.PENALTY, "file": SimpleUploadedFile(name, content), **changed}


def strange() -> bytes:
    head, _line, rest = filings.as_csv([FIRM_ROW]).decode().partition("\n")
    names = filings.headings([FIRM_ROW])
    for code, name in RENAMED.items():
        head = head.replace(names[code], name)
    return f"{head}\n{rest}".encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("处罚.xlsx", filings.as_xlsx([FIRM_ROW])),
        ("处罚.json", json.dumps([FIRM_ROW], ensure_ascii=False).encode()),
        ("处罚.ndjson", json.dumps(FIRM_ROW, ensure_ascii=False).encode() + b"\n"),
        ("处罚.csv", filings.as_csv([FIRM_ROW], "gb18030")),
    ],
)
def test_every_kind_of_file_is_taken(world, name, content):
    sent = world.ours.send(parts(content, name))
    assert (sent.status_code, sent.json()["counts"]["admitted"]) == (201, 1)


def test_every_file_of_a_zip_has_its_own_outcome(world):
    sent = world.ours.send(
        parts(zipped(one_csv=filings.as_csv([FIRM_ROW]), bad_csv=b"", two_xlsx=filings.as_xlsx([OTHER_ROW]))), ARCHIVE
    )
    told = sent.json()
    assert (sent.status_code, told["taken"], told["refused"]) == (201, 2, 1)
    assert [each["name"] for each in told["items"]] == [
        "批次.zip › one.csv",
        "批次.zip › bad.csv",
        "批次.zip › two.xlsx",
    ]
    (refusal,) = [each["refusal"] for each in told["items"] if each["refusal"]]
    assert refusal["code"] == "file.empty" and refusal["zh"] and refusal["en"] and refusal["mapping"] is None
    for each in told["items"]:
        if each["submission"]:
            assert world.ours.get(f"/submissions/{each['submission']['id']}").json()["counts"]["admitted"] == 1


def test_a_zip_again_is_the_same_submissions_and_a_key_stands_for_one_zip(world):
    content, key = zipped(one_csv=filings.as_csv([FIRM_ROW])), {"Idempotency-Key": "archive-0001"}
    first, again = (world.ours.send(parts(content), ARCHIVE, **key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["items"][0]["submission"]["id"] == again.json()["items"][0]["submission"]["id"]
    other = parts(zipped(one_csv=filings.as_csv([OTHER_ROW])))
    problem(world.ours.send(other, ARCHIVE, **key), 409, "idempotency_key_reused")


def test_a_zip_is_tried_without_storing(world):
    before = Record.objects.count()
    told = world.ours.send(parts(zipped(one_csv=filings.as_csv([FIRM_ROW])), dry_run="true"), ARCHIVE)
    (found,) = told.json()["items"]
    assert (told.status_code, found["submission"]["id"], found["submission"]["dry_run"]) == (200, None, True)
    assert not Submission.objects.exists() and Record.objects.count() == before


def test_a_broken_zip_is_one_refusal(world):
    told = world.ours.send(parts(zipped(one_csv=b"x")[:-30]), ARCHIVE)
    assert told.status_code == 200 and (told.json()["taken"], told.json()["refused"]) == (0, 1)


def test_unknown_columns_lead_to_the_page_with_the_file_kept(world):
    told = problem(world.ours.send(parts(strange(), "本地.csv")), 422, "columns.mapping")["mapping"]
    kept = HeldFile.objects.get()
    assert told["page"] == f"/console/intake/mapping/{kept.id}/" and told["held"] == str(kept.id) and told["held_until"]
    desk = Client()
    desk.force_login(filings.clerk(world.ours.client.agency))
    assert "本地文号甲" in desk.get(told["page"]).content.decode()
    stranger = Client()
    stranger.force_login(filings.clerk(world.theirs.client.agency, "stranger"))
    assert "本地文号甲" not in stranger.get(told["page"], follow=True).content.decode()


def test_a_dry_run_and_a_zip_name_the_page_and_keep_nothing(world):
    tried = problem(world.ours.send(parts(strange(), dry_run="true")), 422, "columns.mapping")["mapping"]
    packed = world.ours.send(parts(zipped(one_csv=strange())), ARCHIVE).json()["items"][0]["refusal"]
    assert packed["code"] == "columns.mapping"
    assert tried == packed["mapping"] == {"page": "/console/intake/mapping/", "held": None, "held_until": None}
    assert not HeldFile.objects.exists()


def test_another_problem_says_nothing_about_columns(world):
    assert "mapping" not in problem(world.ours.send(parts(b"", "x.csv")), 422, "file.empty")


def test_the_counts_name_every_state_a_row_can_be_in(world):
    counts = world.ours.send(parts(filings.as_csv([FIRM_ROW]), "x.csv")).json()["counts"]
    assert set(counts) == {"received", *RowState.values}
