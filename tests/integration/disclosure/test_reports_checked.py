"""Reports as files: signed, the same bytes again, told from an altered one; superseded, withdrawn, forgotten."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import typst
from tests import factories
from tests.disclosures import about_firm, about_person, allowed
from tests.factories import CITIZEN, FIRM, NOW, TODAY

from chengxin.cases import pdf_signing
from chengxin.disclosure import authorisations, report
from chengxin.disclosure.models import Access, Report, ReportCheck, ReportPaper
from chengxin.disclosure.report import Form, Validity, Wanted
from chengxin.disclosure.reports import batch_approval, batches
from chengxin.disclosure.services import Refused, ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.rules.errors import Refusal

pytestmark = pytest.mark.django_db
WHY = "核对本批监管对象的处罚情况"
SINCE = date(2024, 11, 20)


@pytest.fixture
def owner(world):
    """Return the representative of the firm."""
    return factories.citizen(world.firm, "owner")


def own(world, owner, wanted: Wanted | None = None, **changed: Any):
    chance = random.Random(changed.pop("seed", 3))
    return report.build_own(world.firm.id, owner, wanted, now=NOW, today=TODAY, chance=chance, site="https://x.cn/")


def certificate(*domains: str, since: date | None = SINCE, until: date = TODAY) -> Wanted:
    return Wanted(Form.CLEARANCE, since, until, domains)


def state(made, today: date = TODAY) -> Validity:
    return report.verify(made.number, made.verify_code, today).validity


def ended(made):
    registry.end_record(made.sections[2].rows[0].record, Cause.RESTORED, ref="XF-1", now=NOW)


def no_leaf(*_args: Any, **_kwargs: Any) -> Any:
    raise RuntimeError("the ledger is away")


def test_a_report_of_a_person_shows_neither_name_nor_number_in_full(world):
    factories.record(world.person, document_no="示交罚〔2026〕3号", personal={"CF_XDR_ZJHM": CITIZEN})
    made = report.build_own(world.person.id, world.citizen, now=NOW, today=TODAY)
    text = made.body().decode()
    assert CITIZEN not in text and "沈清和" not in text and made.subject_code == "3***************12"


def test_without_a_leaf_there_is_no_report(world, owner, monkeypatch):
    before = Report.objects.count()
    monkeypatch.setattr(ledger, "append", no_leaf)
    with pytest.raises(ServiceRefused):
        own(world, owner)
    assert Report.objects.count() == before == ReportPaper.objects.count()


def test_without_a_leaf_nobody_is_shown_whose_report_it_is(world, monkeypatch):
    made = report.build_own(world.person.id, world.citizen, now=NOW, today=TODAY)
    shown = report.show(made.number, made.verify_code, now=NOW, today=TODAY)
    assert shown.name == "" and ReportCheck.objects.count() == 1
    assert report.of_subject(world.person.id, world.citizen, TODAY)[0].checks == 1
    monkeypatch.setattr(ledger, "append", no_leaf)
    with pytest.raises(ServiceRefused):
        report.show(made.number, made.verify_code, now=NOW, today=TODAY)


def test_an_organisation_is_shown_by_name_and_no_check_is_kept(world, owner):
    made = own(world, owner)
    assert report.show(made.number, made.verify_code, now=NOW, today=TODAY).name == "栖云望舒食品有限公司"
    assert not ReportCheck.objects.exists()


def test_the_sheet_is_the_same_bytes_again_and_any_change_of_it_is_told(world, owner):
    made = own(world, owner)
    sheet = report.pdf(made, now=NOW)
    assert report.sheet_again(made.number, owner, now=NOW, today=TODAY).content == sheet
    assert report.check(sheet, TODAY).unaltered and report.check(sheet, TODAY).signed
    for altered in (sheet + b"\n", sheet[:-1], sheet.replace(b"%PDF-1.7", b"%PDF-1.6")):
        found = report.check(altered, TODAY)
        assert (found.unaltered, found.report.validity) == (False, Validity.UNKNOWN)


def test_our_signature_alone_makes_a_sheet_ours_and_nobody_elses_does(world, owner):
    made = own(world, owner)
    sheet = report.pdf(made, now=NOW)
    assert pdf_signing.signed_number(sheet) == made.number
    unknown = pdf_signing.signed(typst.compile(b"= x", format="pdf", timestamp=0), made.number, NOW)
    found = report.check(unknown, TODAY)  # As after a restore from an older backup, which does not know the file.
    assert (found.unaltered, found.signed, found.report.number) == (True, True, made.number)
    annotated = sheet + b"\n30 0 obj\n<</Type/Annot>>\nendobj\nstartxref\n1\n%%EOF\n"
    found = report.check(annotated, TODAY)
    assert (found.unaltered, found.signed, found.report.validity) == (False, False, Validity.UNKNOWN)


def test_the_json_is_checked_by_digest_and_signature(world, owner):
    made = own(world, owner)
    data = report.data(made, now=NOW)
    assert report.check(json.dumps(data).encode(), TODAY).unaltered
    body = json.loads(data["text"])
    assert body["number"] == made.number and len(body["sections"][2]["rows"]) == 1
    flattered = data | {"text": data["text"].replace("超限运输货物", "无违法行为")}
    assert flattered["text"] != data["text"]
    for altered in (flattered, data | {"signature": "AAAA"}, data | {"number": "XB1"}, {}, [], 1, {"text": {}}):
        assert not report.check(json.dumps(altered).encode(), TODAY).unaltered


@pytest.mark.parametrize("content", [b"", b"%PDF", b"{", b"[" * 100_000, b"\xff\xfe\x00", b'{"text":"\\ud800"}'])
def test_what_is_no_report_is_unknown_and_never_a_fault(db, content):
    assert report.check(content, TODAY).report.validity is Validity.UNKNOWN


def test_a_file_larger_than_any_report_is_refused(db):
    with pytest.raises(report.TooLarge):
        report.check(b"x" * (report.LARGEST + 1), TODAY)


def test_after_a_restoration_it_is_superseded_and_its_content_is_gone(world, owner):
    made = own(world, owner)
    ended(made)
    assert state(made) is Validity.SUPERSEDED
    with pytest.raises(report.NoReport):
        report.sheet_again(made.number, owner, now=NOW, today=TODAY)
    assert ReportPaper.objects.get(pk=made.number).sealed is None


def test_a_withdrawn_one_says_so_before_anything_else(world, owner):
    made = own(world, owner)
    with pytest.raises(report.NoReport):
        report.withdraw(made.number, world.officer, "mistake", now=NOW)
    for _ in range(2):
        report.withdraw(made.number, owner, "lost", now=NOW)
    ended(made)
    assert state(made) is Validity.WITHDRAWN
    with pytest.raises(report.NoReport):
        report.sheet_again(made.number, owner, now=NOW, today=TODAY)


def test_with_the_authorisation_the_report_is_withdrawn(world):
    consent = allowed(world.officer, world.citizen)
    asked = about_person(world.officer, "bank_credit", authorisation_id=consent.pk, statute="", matter_no="")
    made = report.build(asked, now=NOW, today=TODAY)
    assert state(made) is Validity.VALID
    assert report.sheet_again(made.number, world.officer, now=NOW, today=TODAY).content.startswith(b"%PDF")
    authorisations.withdraw(consent.pk, world.citizen, now=NOW)
    assert state(made) is Validity.WITHDRAWN
    with pytest.raises(report.NoReport):
        report.sheet_again(made.number, world.officer, now=NOW, today=TODAY)


def test_nobody_else_has_it_again_and_every_time_is_a_read(world, owner):
    made = own(world, owner)
    reads = Access.objects.count()
    for stranger in (world.officer, world.citizen):
        with pytest.raises(report.NoReport):
            report.sheet_again(made.number, stranger, now=NOW, today=TODAY)
    assert Access.objects.count() == reads
    report.data_again(made.number, owner, now=NOW, today=TODAY)
    assert Access.objects.count() == reads + 1


def test_content_is_forgotten_after_its_days_and_the_report_can_still_be_checked(world, owner):
    made = own(world, owner)
    assert not report.forgettable(TODAY + timedelta(days=7)) and report.forgettable(TODAY + timedelta(days=8))
    assert report.forget(TODAY + timedelta(days=8)) == 1
    with pytest.raises(report.NoReport):
        report.sheet_again(made.number, owner, now=NOW, today=TODAY)
    assert state(made) is Validity.VALID


def test_a_certificate_covers_its_branches_and_days_only(world, owner):
    clean, listed = own(world, owner, certificate("tax")), own(world, owner, certificate("transport", "tax"), seed=4)
    assert clean.clean and not clean.sections[0].rows and clean.statements[0].count == 0
    assert not listed.clean and len(listed.sections[0].rows) == 1
    assert own(world, owner, certificate("transport", until=date(2026, 11, 11)), seed=5).clean
    registry.end_record(listed.sections[0].rows[0].record, Cause.RESTORED, ref="XF-1", now=NOW)
    assert (state(clean), state(listed)) == (Validity.VALID, Validity.SUPERSEDED)


def test_a_record_of_no_known_branch_keeps_a_certificate_from_being_clean(world, owner):
    factories.record(world.firm, document_no="示协〔2026〕2号", authority_name="示例市某某协会")
    made = own(world, owner, certificate("tax"))
    assert not made.clean and len(made.sections[0].rows) == 1


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (certificate(), report.NoDomain),
        (certificate("nowhere"), report.NoDomain),
        (certificate("tax", since=None), report.PeriodUnfit),
        (certificate("tax", since=TODAY + timedelta(days=1)), report.PeriodUnfit),
        (certificate("tax", until=TODAY + timedelta(days=1)), report.PeriodUnfit),
        (certificate("tax", since=date(2021, 11, 19)), report.PeriodUnfit),
    ],
)
def test_an_unfit_certificate_is_refused_before_anything_is_read(world, owner, wanted, refusal):
    entries = Entry.objects.count()
    with pytest.raises(refusal):
        own(world, owner, wanted)
    assert Entry.objects.count() == entries


def test_only_ones_own_report_speaks_of_branches_and_of_who_looked(world, owner):
    report.build(about_firm(world.officer), now=NOW, today=TODAY)
    mine, theirs = own(world, owner), report.build(about_firm(world.officer), now=NOW, today=TODAY)
    assert mine.usage is not None and [each.agency_zh for each in mine.usage.rows] == ["示例单位510"]
    assert mine.statements and theirs.statements == () and theirs.usage is None


def test_a_batch_goes_on_where_it_stopped_and_its_archive_holds_what_still_holds(world, tmp_path: Path):
    lines = batches.read(f"{FIRM},栖云望舒食品有限公司\n{FIRM}，别的名称\n", "supervision", world.officer, TODAY)
    basis = about_firm(world.officer, "supervision")
    asked = {"statute": basis.statute, "matter_no": basis.matter_no, "site": "https://x.cn/", "reason": WHY}
    started = batches.start(lines, "supervision", world.officer, now=NOW, today=TODAY, **asked)
    approve(world, started)
    assert batches.go_on(started, world.officer, now=NOW, today=TODAY, most=1).waiting == 1
    done = batches.go_on(started, world.officer, now=NOW, today=TODAY)
    assert (done.made, done.refused, done.waiting) == (1, 1, 0) and done.rows[1].refusal == "no_file"
    assert b"".join(_archive(started, world)).count(b"%PDF") == 1
    factories.record(world.firm, document_no="示交罚〔2026〕8号")
    assert b"".join(_archive(started, world)).count(b"%PDF") == 0
    with pytest.raises(report.NoReport):
        batches.progress(started, factories.user("other", *_roles(), of=world.officer.agency))


def approve(world, batch):
    second = factories.user("second", *_roles(), of=world.officer.agency)
    batch_approval.decide(batch, second, approve=True, answer="", now=NOW, today=TODAY)


def _roles():
    from chengxin.accounts.roles import Role

    return (Role.ENQUIRER,)


def _archive(started, world):
    return batches.archive(started, world.officer, now=NOW, today=TODAY)


def started_batch(world, **changed):
    lines = batches.read(f"{FIRM},栖云望舒食品有限公司", "supervision", world.officer, TODAY)
    ground = {"statute": about_firm(world.officer, "supervision").statute, "matter_no": "M-1", "site": "https://x.cn/"}
    told = {"reason": WHY, "now": NOW, "today": TODAY, **changed}
    return batches.start(lines, "supervision", world.officer, **ground, **told)


def test_nothing_of_a_batch_is_made_before_another_person_approves_it(world):
    started = started_batch(world)
    for actor, kind in ((world.officer, "另一人"), (factories.user("stranger", *_roles(), of=_other_unit()), "没有")):
        with pytest.raises(Refusal, match=kind):
            batch_approval.decide(started, actor, approve=True, answer="", now=NOW, today=TODAY)
    with pytest.raises(batch_approval.BatchNotApproved):
        batches.go_on(started, world.officer, now=NOW, today=TODAY)
    assert not Report.objects.exists() and not Access.objects.exists()


def test_a_refused_batch_says_why_and_is_never_made(world):
    started, second = started_batch(world), factories.user("second", *_roles(), of=world.officer.agency)
    with pytest.raises(Refusal, match="理由"):
        batch_approval.decide(started, second, approve=False, answer=" ", now=NOW, today=TODAY)
    batch_approval.decide(started, second, approve=False, answer="与事项无关。", now=NOW, today=TODAY)
    with pytest.raises(batch_approval.BatchNotApproved):
        batches.go_on(started, world.officer, now=NOW, today=TODAY)
    with pytest.raises(batch_approval.BatchNotApproved, match="已经办结"):
        batch_approval.decide(started, second, approve=True, answer="", now=NOW, today=TODAY)


def test_an_approved_batch_ends_and_is_only_what_was_approved(world):
    started = started_batch(world)
    approve(world, started)
    late = TODAY + timedelta(days=11)
    with pytest.raises(batch_approval.BatchNotApproved, match="已到期"):
        batches.go_on(started, world.officer, now=NOW + timedelta(days=11), today=late)
    batches.ReportBatchRow.objects.update(name="别的名称")
    with pytest.raises(batch_approval.BatchNotApproved, match="不一致"):
        batches.go_on(started, world.officer, now=NOW, today=TODAY)


@pytest.mark.parametrize("reason", ["查", f"核对 {CITIZEN} 一案的处罚情况"])
def test_a_batch_says_why_in_plain_words(world, reason):
    with pytest.raises(batch_approval.BatchNotApproved) as caught:
        started_batch(world, reason=reason)
    assert CITIZEN not in str(caught.value) and not batches.ReportBatch.objects.exists()


def test_a_report_on_one_subject_is_drawn_for_a_reason_like_any_enquiry(world):
    always = random.Random(0)
    always.randrange = lambda *_bounds: 0  # type: ignore[method-assign]  # It always draws this one.
    with pytest.raises(Refused) as caught:
        report.build(about_firm(world.officer), now=NOW, today=TODAY, rng=always)
    assert caught.value.code == "reason_wanted" and not Report.objects.exists()
    reasoned = about_firm(world.officer, reason="办理许可核对处罚情况")
    assert report.build(reasoned, now=NOW, today=TODAY, rng=always).number


def _other_unit():
    return factories.agency()


@pytest.mark.parametrize("text", ["", "x", f"{FIRM}", f"{FIRM},", "\n".join([f"{FIRM},某"] * 201)])
def test_a_list_that_cannot_be_read_is_refused_whole(world, text):
    with pytest.raises(batches.BatchUnfit):
        batches.read(text, "supervision", world.officer, TODAY)


def test_a_row_whose_maker_died_is_free_again_after_two_minutes(world):
    lines = batches.read(f"{FIRM},栖云望舒食品有限公司", "supervision", world.officer, TODAY)
    basis = about_firm(world.officer, "supervision")
    asked = {"statute": basis.statute, "matter_no": "M-1", "site": "https://x.cn/", "reason": WHY}
    started = batches.start(lines, "supervision", world.officer, now=NOW, today=TODAY, **asked)
    approve(world, started)
    batches.ReportBatchRow.objects.update(claimed_at=NOW)
    assert batches.go_on(started, world.officer, now=NOW + timedelta(minutes=1), today=TODAY).waiting == 1
    assert batches.go_on(started, world.officer, now=NOW + timedelta(minutes=3), today=TODAY).made == 1
