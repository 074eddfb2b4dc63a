"""A source corrects what it filed, by hand or by a later file; what changes is shown, and nothing happens by itself."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests import filings
from tests.factories import NOW, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.intake import corrections, filed, lineage, resubmission, selectors, withdrawals
from chengxin.intake.models import Admission, Correction, Submission, SubmissionRow
from chengxin.intake.recurrences import fingerprints
from chengxin.registry import selectors as registry

pytestmark = pytest.mark.django_db
OTHER_FINE = filings.FIRM_ROW | {"CF_NR_FK": "0.8"}


@pytest.fixture
def clerk():
    make.law()
    return filings.clerk(make.agency())


@pytest.fixture
def first(clerk):
    rows = [filings.FIRM_ROW, filings.PERSON_ROW, filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕3号"}]
    return filings.file(filings.as_csv(rows), clerk)


def record(row_no):
    return Admission.objects.get(row__row_no=row_no).record_id


def test_a_correction_is_shown_field_by_field_before_it_is_made(clerk, first):
    proposal = corrections.propose(record(2), {"CF_NR_FK": "0.8"}, actor=clerk, today=TODAY)
    assert [(c.code, c.before, c.after) for c in proposal.changes] == [("CF_NR_FK", "0.5", "0.8")]
    assert registry.history(record(2)).count() == 1
    made = corrections.correct(
        record(2), {"CF_NR_FK": "0.8"}, "金额录入有误", number=1, actor=clerk, now=NOW, today=TODAY
    )
    version = registry.present_version(record(2))
    assert (version.number, version.cause, version.cause_ref) == (2, "corrected", str(made.pk))
    assert version.content["CF_NR_FK"] == {"fen": 800_000, "original": "0.8", "unit": "万元"}
    told = Message.objects.get(mailbox=version.record.subject_id, kind="record_corrected")
    assert "罚款金额" in told.body and "0.8" not in told.body
    assert corrections.note_of(made, version) == "金额录入有误"


def test_correcting_nothing_rereads_the_row_exactly(clerk, first):
    """Rebuilding a row from its record and reading it again gives the fingerprint it was filed under."""
    for row_no in (2, 3):
        proposal = corrections.propose(record(row_no), {}, actor=clerk, today=TODAY)
        assert proposal.changes == ()
        again = corrections.fingerprinter()(proposal.line.reading.canonical())
        assert again == fingerprints([record(row_no)])[record(row_no)]
        with pytest.raises(corrections.NothingChanges):
            corrections.correct(record(row_no), {}, "无", number=1, actor=clerk, now=NOW, today=TODAY)


def test_the_same_rules_judge_a_correction(clerk, first):
    texts = {"CF_JDRQ": "2026-13-40"}
    proposal = corrections.propose(record(2), texts, actor=clerk, today=TODAY)
    assert proposal.line.reading is None
    assert "date.unreadable" in {found["code"] for found in proposal.line.findings}
    with pytest.raises(corrections.CorrectionNotInOrder):
        corrections.correct(record(2), texts, "改日期", number=1, actor=clerk, now=NOW, today=TODAY)
    assert registry.present_version(record(2)).number == 1


def test_what_makes_a_record_that_record_is_not_offered_and_not_taken(clerk, first):
    offered = {field.code for field in corrections.form(record(2), actor=clerk)}
    assert not offered & {"CF_WSH", "CF_XDR_MC", "CF_XDR_SHXYM", "CF_CFJGDM"}
    assert corrections.propose(record(2), {"CF_WSH": "另一号"}, actor=clerk, today=TODAY).changes == ()


def test_of_a_person_nothing_sealed_is_shown_and_blank_leaves_it(clerk, first):
    shown = {field.code: field for field in filed.shown(registry.present_version(record(3)), actor=clerk, now=NOW)}
    assert shown["CF_XDR_ZJHM"].masked and make.CITIZEN not in repr(shown) and "沈清和" not in repr(shown)
    blank = corrections.propose(record(2), {"CF_FRDB": ""}, actor=clerk, today=TODAY)
    assert (blank.changes, blank.line.reading is None) == ((), False)
    corrections.correct(record(3), {"CF_NR_FK": "0.3"}, "更正", number=1, actor=clerk, now=NOW, today=TODAY)
    version = registry.present_version(record(3))
    assert version.content == {}
    assert filed.content_of(version)["CF_XDR_ZJHM"] == make.CITIZEN
    assert filed.content_of(version)["document_no"] == "示交罚〔2026〕2号"


def test_what_was_shown_is_what_is_confirmed(clerk, first):
    corrections.correct(record(2), {"CF_NR_FK": "0.6"}, "一", number=1, actor=clerk, now=NOW, today=TODAY)
    with pytest.raises(corrections.RecordMoved):
        corrections.correct(record(2), {"CF_NR_FK": "0.7"}, "二", number=1, actor=clerk, now=NOW, today=TODAY)


def test_only_a_clerk_of_the_source_corrects(clerk, first):
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    with pytest.raises(filed.RecordUnknown):
        corrections.propose(record(2), {}, actor=stranger, today=TODAY)
    with pytest.raises(NotPermitted):
        corrections.propose(record(2), {}, actor=make.user("x", Role.ENQUIRER, of=clerk.agency), today=TODAY)


def test_a_later_file_changes_nothing_until_somebody_confirms(clerk, first):
    again = filings.file(filings.as_csv([OTHER_FINE, filings.PERSON_ROW]), clerk, name="second.csv")
    assert dict(selectors.states(again)) == {2: "returned", 3: "duplicate"}
    assert registry.present_version(record(2)).number == 1
    (change,) = resubmission.differences(again, resubmission.differing(again), actor=clerk)
    assert (change.row_no, change.number) == (2, 1)
    assert [(c.code, c.before, c.after) for c in change.changes] == [("CF_NR_FK", "0.5", "0.8")]
    resubmission.confirm(again, 2, "按新文书", number=1, actor=clerk, now=NOW, today=TODAY)
    assert registry.present_version(record(2)).content["CF_NR_FK"]["fen"] == 800_000
    row = SubmissionRow.objects.get(submission=again, row_no=2)
    assert (row.state, row.sealed) == ("corrected", None)
    assert selectors.summary(Submission.objects.get(pk=again.pk)).corrected == 1
    with pytest.raises(corrections.RecordMoved):
        resubmission.confirm(again, 2, "再来", number=2, actor=clerk, now=NOW, today=TODAY)


def test_after_a_correction_the_corrected_row_is_the_known_one(clerk, first):
    again = filings.file(filings.as_csv([OTHER_FINE]), clerk, name="second.csv")
    resubmission.confirm(again, 2, "按新文书", number=1, actor=clerk, now=NOW, today=TODAY)
    third = filings.file(filings.as_csv([OTHER_FINE]) + b"\n", clerk, name="third.csv")
    old = filings.file(filings.as_csv([filings.FIRM_ROW]), clerk, name="old.csv")
    assert dict(selectors.states(third)) == {2: "duplicate"}
    assert dict(selectors.states(old)) == {2: "returned"}


def test_all_at_once_each_by_itself(clerk, first):
    rows = [OTHER_FINE, filings.PERSON_ROW | {"CF_NR_FK": "0.9"}]
    again = filings.file(filings.as_csv(rows), clerk, name="second.csv")
    corrections.correct(record(3), {"CF_NR_FK": "0.3"}, "先改", number=1, actor=clerk, now=NOW, today=TODAY)
    done = resubmission.confirm_all(again, "整批更正", shown=[(2, 1), (3, 1)], actor=clerk, now=NOW, today=TODAY)
    assert (done.done, [(row, refusal.code) for row, refusal in done.refused]) == (1, [(3, "record_moved")])


def test_a_later_file_of_a_person_is_compared_masked(clerk, first):
    changed = filings.PERSON_ROW | {"CF_SY": "运输车辆超限百分之二十，驾驶人沈清和"}
    again = filings.file(filings.as_csv([changed]), clerk, name="second.csv")
    (change,) = resubmission.differences(again, resubmission.differing(again), actor=clerk)
    assert [c.code for c in change.changes] == ["CF_SY"]
    assert make.CITIZEN not in repr(change)


def test_what_a_later_file_leaves_out_is_listed_and_stands(clerk, first):
    again = filings.file(filings.as_csv([filings.FIRM_ROW, filings.PERSON_ROW]), clerk, name="second.csv")
    left = resubmission.absent(again)
    assert left.earlier.pk == first.pk
    assert [a.row.row_no for a in left.rows] == [4]
    assert registry.present_version(record(4)).ended_at is None
    other = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕7号"}]), clerk, name="new.csv")
    assert resubmission.absent(other) is None


def test_lineage_leads_from_the_record_to_the_cell_and_back(clerk, first):
    again = filings.file(filings.as_csv([OTHER_FINE]), clerk, name="second.csv")
    resubmission.confirm(again, 2, "按新文书", number=1, actor=clerk, now=NOW, today=TODAY)
    target = Admission.objects.get(row__submission=first, row__row_no=2).record_id
    withdrawals.withdraw(
        target, withdrawals.Ground("revoked", TODAY, "示复决〔2026〕3号", "撤销"), actor=clerk, now=NOW, today=TODAY
    )
    found = lineage.of_record(target, actor=clerk)
    assert [(s.number, s.cause) for s in found.steps] == [(1, "admitted"), (2, "corrected"), (3, "withdrawn")]
    one, two, three = found.steps
    cells = {cell.code: cell.address for cell in one.origin.cells}
    place = first.headings.index("行政处罚决定书文号")
    assert cells["CF_WSH"] == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place] + "2"
    assert (one.origin.submission.sha256, two.origin.submission.pk) == (first.sha256, again.pk)
    assert [zh for zh, _en in two.fields] == ["罚款金额(万元)"]
    assert (three.origin, three.by, three.note) == (None, clerk, "撤销")
    assert lineage.records_of(again, [2]) == {2: target} == lineage.records_of(first, [2])


def test_lineage_names_the_one_who_undid_a_withdrawal(clerk, first):
    ground = withdrawals.Ground("revoked", TODAY, "示复决〔2026〕3号", "撤销")
    withdrawals.withdraw(record(2), ground, actor=clerk, now=NOW, today=TODAY)
    withdrawals.undo(record(2), "撤错了一条", actor=clerk, now=NOW)
    assert [(s.cause, s.by) for s in lineage.of_record(record(2), actor=clerk).steps] == [
        ("admitted", clerk),
        ("withdrawn", clerk),
        ("reinstated", clerk),
    ]


def test_an_organisations_name_is_shown_to_its_source_and_a_persons_is_masked(clerk, first):
    names = []
    for row_no in (2, 3):
        version = registry.present_version(record(row_no))
        fields = filed.shown(version, actor=clerk, now=NOW)
        names.append(next(field.text for field in fields if field.code == "CF_XDR_MC"))
    assert names == [filings.FIRM_ROW["CF_XDR_MC"], "沈**"]


def test_lineage_is_for_the_source_and_the_centre(clerk, first):
    centre = make.user("centre", Role.CENTRE_OPERATOR)
    assert lineage.of_record(record(2), actor=centre).steps
    with pytest.raises(filed.RecordUnknown):
        lineage.of_record(record(2), actor=filings.clerk(make.agency(make.OTHER_AGENCY), "stranger"))


def test_the_source_finds_its_records_by_number_or_code(clerk, first):
    assert {v.record_id for v in filed.find(make.FIRM, actor=clerk)} == {record(2), record(4)}
    assert [v.record_id for v in filed.find("示交罚〔2026〕1号", actor=clerk)] == [record(2)]
    assert [v.record_id for v in filed.find(make.CITIZEN, actor=clerk)] == [record(3)]
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    assert filed.find(make.FIRM, actor=stranger) == []


@pytest.mark.parametrize(("column", "row", "told"), [(0, 1, "A1"), (2, 17, "C17"), (26, 2, "AA2"), (701, 9, "ZZ9")])
def test_cells_are_named_as_a_spreadsheet_names_them(column, row, told):
    assert lineage.address(column, row) == told


def test_corrections_are_counted_by_version(clerk, first):
    corrections.correct(record(2), {"CF_NR_FK": "0.6"}, "一", number=1, actor=clerk, now=NOW, today=TODAY)
    corrections.correct(record(2), {"CF_NR_FK": "0.5"}, "二", number=2, actor=clerk, now=NOW, today=TODAY)
    assert list(Correction.objects.order_by("number").values_list("number", flat=True)) == [2, 3]
    again = filings.file(filings.as_csv([filings.FIRM_ROW]), clerk, name="again.csv")
    assert dict(selectors.states(again)) == {2: "duplicate"}, "what was changed back is what was filed"
