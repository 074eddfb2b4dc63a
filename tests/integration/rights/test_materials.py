"""Evidence travels with an objection: sealed, with its leaf, in the filing's own transaction, for its parties only."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories
from tests.factories import NOW, TODAY
from tests.stages import answered, applied, objected, stage, take

from chengxin.accounts.models import Message
from chengxin.accounts.roles import Role
from chengxin.cases import evidence, selectors
from chengxin.cases.models import Case, Document
from chengxin.cases.policies import NotAParty, RoleMissing
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.rights import materials, objections, papers
from chengxin.rights.models import Reading
from chengxin.rights.objections import Act
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
PDF, JPEG, PNG = b"%PDF-1.7 receipt 0001", b"\xff\xd8\xff\xe0 photograph", b"\x89PNG\r\n\x1a\n screen"
FILES = (PDF, JPEG, PNG)


@pytest.fixture
def s():
    return stage()


def filed(s, files=FILES):
    return objections.file(
        s.record, actor=s.applicant, grounds="wrong", text="金额应为 3000 元。", now=NOW, today=TODAY, evidence=files
    )


def client(user):
    browser = Client()
    browser.force_login(user)
    return browser


def upload(name, content, kind="application/pdf"):
    return SimpleUploadedFile(name, content, content_type=kind)


def test_files_are_kept_sealed_with_their_digest_and_leaf_and_no_name(s):
    case = filed(s)
    kept = selectors.evidence(case)
    assert [each.title for each in kept] == ["证据材料 1", "证据材料 2", "证据材料 3"]
    assert [each.sha256 for each in kept] == [hashlib.sha256(content).hexdigest() for content in FILES]
    for each, content in zip(kept, FILES, strict=True):
        assert content not in bytes(each.sealed_body)
        assert each.entry.kind == "document"
        assert each.sha256.encode() not in bytes(each.entry.body)
        assert evidence.opened(each).content == content
    assert [evidence.opened(each).name.rpartition(".")[2] for each in kept] == ["pdf", "jpg", "png"]


@pytest.mark.parametrize(("files", "zh", "en"), [
    ((PDF,) * 6, "最多上传 5 个", "At most 5"),
    ((PDF, b"%PDF-" + b"x" * evidence.LARGEST), "第 2 个文件超过 5 MB", "File 2 is larger"),
    ((b"<html>",), "不是 PDF、JPEG 或 PNG", "not a PDF, JPEG or PNG"),
    ((b"",), "不是 PDF、JPEG 或 PNG", "not a PDF, JPEG or PNG"),
])  # fmt: skip
def test_one_bad_file_and_nothing_is_filed(s, files, zh, en):
    before = Entry.objects.count()
    with pytest.raises(evidence.EvidenceRefused) as refused:
        filed(s, files)
    assert zh in refused.value.in_language("zh-hans")
    assert en in refused.value.in_language("en")
    assert (Case.objects.count(), Document.objects.count(), Entry.objects.count()) == (0, 0, before)
    assert registry.open_marks(s.record) == []


def test_exactly_the_largest_file_is_taken(s):
    assert len(selectors.evidence(filed(s, (b"%PDF-" + b"x" * (evidence.LARGEST - 5),)))) == 1


def test_more_can_be_handed_in_while_the_case_is_open_and_the_source_is_told(s):
    case = answered(s)
    after = materials.hand_in(Act(case.pk, s.applicant, NOW, TODAY), [PNG])
    assert (after.state, after.version) == (case.state, case.version + 1)
    assert [each.title for each in selectors.evidence(case)] == ["证据材料 1"]
    assert Message.objects.filter(kind="evidence_added").count() == 1
    stranger = factories.citizen(factories.person(), "stranger")
    for actor, why in ((s.clerk, RoleMissing), (s.reviewer, RoleMissing), (stranger, NotAParty)):
        with pytest.raises(why):
            materials.hand_in(Act(case.pk, actor, NOW, TODAY), [PNG])
    assert len(selectors.evidence(case)) == 1


def test_a_closed_case_takes_no_more(s):
    case = take(filed(s), "withdraw", s.applicant)
    with pytest.raises(evidence.EvidenceRefused):
        materials.hand_in(Act(case.pk, s.applicant, NOW, TODAY), [PNG])
    assert len(selectors.evidence(case)) == 3
    assert client(s.applicant).get(f"/mine/cases/{case.pk}/evidence/").status_code == 404


def test_a_case_holds_twenty_files_and_no_more(s):
    case = filed(s, (PDF,) * 5)
    for _turn in range(3):
        materials.hand_in(Act(case.pk, s.applicant, NOW, TODAY), [PDF] * 5)
    version = Case.objects.get(pk=case.pk).version
    with pytest.raises(evidence.EvidenceRefused):
        materials.hand_in(Act(case.pk, s.applicant, NOW, TODAY), [PDF])
    assert Case.objects.get(pk=case.pk).version == version


def test_the_form_takes_files_by_content_and_stores_no_name(s):
    files = [upload("沈清和身份证.exe", PDF, "text/html"), upload("a.pdf", PNG)]
    data = {"grounds": "wrong", "text": "金额不对。", "evidence": files}
    browser = client(s.applicant)
    assert 'type="file"' in browser.get(f"/mine/records/{s.record}/objection/").content.decode()
    assert browser.post(f"/mine/records/{s.record}/objection/", data).status_code == 302
    case = Case.objects.get()
    page = browser.get(f"/mine/cases/{case.pk}/").content.decode()
    for document in selectors.evidence(case):
        assert document.sha256 in re.sub(r"<[^>]*>", "", page)
        assert f"/mine/materials/{document.pk}/" in page
    assert "沈清和身份证" not in page
    more = browser.post(f"/mine/cases/{case.pk}/evidence/", {"evidence": [upload("b.png", JPEG)]})
    assert more.headers["Location"] == f"/mine/cases/{case.pk}/"
    assert len(selectors.evidence(case)) == 3


@pytest.mark.parametrize("content", [b"<html><script>", b"%PDF-" + b"x" * (evidence.LARGEST + 100)])
def test_the_form_refuses_in_a_sentence(s, content):
    data = {"grounds": "wrong", "text": "金额不对。", "evidence": [upload("a.pdf", content)]}
    answer = client(s.applicant).post(f"/mine/records/{s.record}/objection/", data)
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert "第 1 个文件" in answer.content.decode()
    case = objected(s)
    answer = client(s.applicant).post(f"/mine/cases/{case.pk}/evidence/", {"evidence": data["evidence"]})
    assert (answer.status_code, Document.objects.count()) == (422, 0)
    assert client(s.applicant).post(f"/mine/cases/{case.pk}/evidence/", {}).status_code == 422


def test_every_party_gets_the_file_to_keep_and_nobody_else_learns_that_it_exists(s):
    case = filed(s, (PDF,))
    document = selectors.evidence(case)[0]
    own, desk = f"/mine/materials/{document.pk}/", f"/console/cases/{case.pk}/materials/{document.pk}/"
    answers = [client(s.applicant).get(own)]
    answers += [client(user).get(desk) for user in (s.clerk, s.reviewer, s.decider, s.centre)]
    for answer in answers:
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{document.number}.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
    stranger = factories.citizen(factories.person(), "stranger")
    other_clerk = factories.user("other", Role.SOURCE_CLERK, of=factories.agency(factories.OTHER_AGENCY))
    assert client(stranger).get(own).status_code == 404
    assert client(s.clerk).get(own).status_code == 404
    assert client(other_clerk).get(desk).status_code == 404
    assert Client().get(own).status_code == 302
    assert client(s.applicant).get(desk).status_code == 403
    assert f"materials/{document.pk}/" in client(s.reviewer).get(f"/console/cases/{case.pk}/").content.decode()


def test_a_file_of_another_case_is_not_found_under_this_one(s):
    case = filed(s, (PDF,))
    other = applied(s)
    document = selectors.evidence(case)[0]
    path = f"/console/cases/{other.pk}/materials/{document.pk}/"
    assert client(s.reviewer).get(path).status_code == 404


def test_an_officers_look_at_a_persons_file_is_committed_first():
    person = factories.person()
    s = stage(person)
    case = filed(s, (PDF,))
    document = selectors.evidence(case)[0]
    assert materials.of_office(document.pk, Act(case.pk, s.reviewer, NOW, TODAY)).content == PDF
    assert Reading.objects.filter(case=case, reader=s.reviewer).count() == 1


def test_evidence_is_no_document_of_the_platform_and_a_destroyed_key_ends_it(s):
    case = filed(s, (PDF,))
    document = selectors.evidence(case)[0]
    assert papers.own(document.pk, s.applicant, now=NOW) is None
    assert list(selectors.documents(case)) == []
    vault.destroy(case.key, NOW)
    assert materials.own(document.pk, s.applicant) is None
