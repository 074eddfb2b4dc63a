"""Screening: by exact code, for one matter, today; the least that answers; every subject sees who looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import FIRM, NOW, OTHER_FIRM, TODAY
from tests.screenings import (
    FIRM_NAME,
    SERIOUS,
    THE_FIRM,
    THE_PERSON,
    article,
    listing,
    measure,
    officer,
    request,
    screened,
)

from chengxin.catalogue import lawbook
from chengxin.disclosure import own_file, statistics
from chengxin.disclosure.models import Access, ScreeningHit
from chengxin.disclosure.screening.asking import ask
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.shapes import Asked
from chengxin.disclosure.services import Refused
from chengxin.ledger import services as ledger
from chengxin.registry import hiding, hot
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.rules import merkle
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.screening import HitKind, Status
from chengxin.supervision import selectors as supervision
from chengxin.supervision import services as measures
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    factories.law()
    return factories.firm()


def statuses(reply):
    return [result.status for result in reply.results]


def test_a_listed_firm_is_a_hit_with_list_basis_days_marks_and_route_of_appeal(firm):
    record = listing(firm)
    registry.annotate(record, "disputed", ref="YY-1", now=NOW)
    found = screened(officer()).results[0].hits[0].hit
    assert (found.kind, found.code, found.record) == (HitKind.LISTING, SERIOUS, record)
    assert found.basis.startswith("《") and found.since and found.until and found.disputed
    assert "异议" in found.remedy_zh and "object" in found.remedy_en


def test_a_measure_in_force_is_a_hit_with_its_own_remedy(firm):
    held = measure(listing(firm))
    kinds = [given.hit for given in screened(officer()).results[0].hits]
    assert [hit.kind for hit in kinds] == [HitKind.MEASURE, HitKind.LISTING]
    assert (kinds[0].measure, kinds[0].remedy_zh, kinds[0].until) == (
        held.pk,
        "六十日内可以申请行政复议。",
        held.ends_on,
    )


def test_what_a_matter_does_not_name_is_no_hit_for_it(firm):
    measure(listing(firm))
    actor = officer()
    by_matter = {
        matter: [given.hit.code for given in screened(actor, matter=matter).results[0].hits]
        for matter in ("government_procurement", "market_entry", "high_consumption")
    }
    assert by_matter["government_procurement"] == ["A-05", SERIOUS]
    assert by_matter["market_entry"] == [SERIOUS]
    assert by_matter["high_consumption"] == []


def test_a_name_alone_is_never_a_hit_and_gives_no_content(firm):
    listing(firm)
    reply = screened(officer(), Asked("organisation", CodeKind.USCC, "", FIRM_NAME))
    assert statuses(reply) == [Status.NEEDS_CODE] and reply.results[0].hits == ()
    assert Access.objects.get().subject_id is None


def test_a_namesake_under_another_code_is_no_hit(firm):
    listing(firm)
    other = factories.firm(OTHER_FIRM, FIRM_NAME)
    reply = screened(officer(), Asked("organisation", CodeKind.USCC, OTHER_FIRM, FIRM_NAME))
    assert statuses(reply) == [Status.NO_HIT] and Access.objects.get().subject_id == other.id


def test_a_person_needs_code_and_name_and_a_wrong_name_is_no_file(firm):
    person = factories.person()
    listing(person, "JS-SF-01")
    wrong = Asked("person", CodeKind.CITIZEN_ID, THE_PERSON.code, "王芳")
    reply = screened(officer(), THE_PERSON, wrong, matter="high_consumption")
    assert statuses(reply) == [Status.HIT, Status.NO_HIT]
    assert sorted(row.outcome for row in Access.objects.all()) == ["answered", "no_file"]


def test_a_firm_known_under_another_name_says_so_and_the_code_decides(firm):
    listing(firm)
    result = screened(officer(), Asked("organisation", CodeKind.USCC, FIRM, "别的名字有限公司")).results[0]
    assert result.status is Status.HIT and not result.name_agrees
    assert screened(officer("two"), Asked("organisation", CodeKind.USCC, FIRM, FIRM_NAME)).results[0].name_agrees


@pytest.mark.parametrize(
    "asked",
    [
        Asked("organisation", CodeKind.USCC, "91320199MAO0000156"),
        Asked("organisation", CodeKind.CITIZEN_ID, FIRM),
        Asked("individual_business", CodeKind.USCC, FIRM),
        THE_PERSON,
    ],
    ids=["check character", "kind of code", "kind of subject", "not for this matter"],
)
def test_what_cannot_be_screened_says_so_instead_of_no_hit(firm, asked):
    listing(firm)
    assert statuses(screened(officer(), asked)) == [Status.NOT_USABLE]


END = {
    "restored": lambda record: registry.end_record(record, Cause.RESTORED, ref="XF-1", now=NOW),
    "withdrawn": lambda record: registry.end_record(record, Cause.WITHDRAWN, ref="CH-1", now=NOW),
    "hidden": lambda record: hiding.hide(record, Cause.SHIELDED, ref="CZ-1", now=NOW),
    "link in doubt": lambda record: registry.suspend_link(record, ref="YY-1", now=NOW),
}


@pytest.mark.parametrize("how", END)
def test_a_record_that_ends_takes_its_hit_and_its_measures_with_it_at_once(firm, how):
    record = listing(firm)
    measure(record)
    actor = officer()
    assert len(screened(actor).results[0].hits) == 2
    END[how](record)
    assert statuses(screened(actor)) == [Status.NO_HIT] and screen([firm.id], "government_procurement", TODAY) == {}


def test_lifting_ends_the_measure_and_leaves_the_listing(firm):
    record = listing(firm)
    measure(record)
    measures.lift(record, ref="XF-1", now=NOW)
    assert [given.hit.kind for given in screened(officer()).results[0].hits] == [HitKind.LISTING]


def test_periods_end_by_comparison_and_nothing_has_to_run(firm):
    held = measure(listing(firm), days=90)
    until = max(hit.until for hit in screen([firm.id], "government_procurement", TODAY)[firm.id])
    day = timedelta(days=1)
    assert len(screen([firm.id], "government_procurement", held.ends_on)[firm.id]) == 2
    assert len(screen([firm.id], "government_procurement", held.ends_on + day)[firm.id]) == 1
    assert screen([firm.id], "government_procurement", until)[firm.id]
    assert screen([firm.id], "government_procurement", until + day) == {}


def test_the_many_at_once_agree_with_the_one_at_a_time(firm):
    subjects = [firm, factories.firm(OTHER_FIRM, "另一家有限公司"), factories.person()]
    for subject in subjects:
        record = listing(subject)
        factories.record(subject, document_no="示交罚〔2026〕2号")
        measure(record, "A-01")
    lists = lawbook.matter("market_entry", TODAY).lists
    hits = screen([each.id for each in subjects], "market_entry", TODAY)
    for subject in subjects:
        standing = {row.record for row in hot.standing(subject.id, TODAY) if row.item in lists}
        in_force = {m.pk for m in supervision.measures_in_force([subject.id], TODAY) if m.code == "A-01"}
        assert {hit.record for hit in hits[subject.id]} == standing
        assert {hit.measure for hit in hits[subject.id] if hit.measure} == in_force and in_force


def test_every_subject_of_a_batch_sees_who_looked_with_proof_and_nobody_else_in_it(firm):
    person = factories.person()
    citizen = factories.citizen(person)
    nobody = Asked("organisation", CodeKind.USCC, OTHER_FIRM)
    reply = screened(officer(), THE_PERSON, THE_FIRM, nobody, matter="market_entry")
    ledger.sequence(now=NOW)
    look = own_file.who_looked(person.id, citizen, now=NOW).looks[0]
    assert (look.access, look.purpose, look.matter_no) == (reply.results[0].access, "licensing", "苏采〔2026〕77号")
    receipt = own_file.proof(look.access, citizen, now=NOW)
    shown = receipt["look"]
    line = merkle.leaf_hash(shown["line"].encode())
    path = [bytes.fromhex(each) for each in shown["path"]]
    assert merkle.verify_inclusion(line, shown["index"], shown["size"], path, bytes.fromhex(shown["root"]))
    assert shown["root"] in str({key: part for key, part in receipt.items() if key != "look"})
    assert str(person.id) in shown["line"]
    assert str(firm.id) not in str(receipt) and FIRM not in str(receipt)
    assert {row.entry_id for row in Access.objects.all()} == {reply.entry}


def test_reads_are_counted_in_the_statistics_by_unit_and_purpose(firm):
    screened(officer(), THE_FIRM)
    assert [row.purpose_zh for row in statistics.reads(NOW).rows] == ["政府采购和招标投标资格审查"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"statute": ""}, "no_basis"),
        ({"statute": "《不存在的法》第一条"}, "statute_not_for_purpose"),
        ({"matter_no": ""}, "no_matter"),
        ({"matter_no": "320199198002290012"}, "matter_not_plain"),
        ({"matter": "weather"}, "no_such_matter"),
    ],
)
def test_a_request_without_its_basis_is_refused_and_the_refusal_is_committed(firm, changed, code):
    listing(firm)
    with pytest.raises(Refused) as caught:
        screened(officer(), **changed)
    row = Access.objects.get()
    assert (caught.value.code, row.outcome, row.reason_code, row.entry_id) == (
        code,
        "refused",
        code,
        caught.value.entry,
    )
    assert row.subject_id == (firm.id if code != "no_such_matter" else None)


def test_nobody_screens_their_own_unit_or_themself(firm):
    listing(firm)
    actor = officer()
    factories.give_mandate(actor, firm, NOW)
    assert statuses(screened(actor)) == [Status.REFUSED]
    assert Access.objects.get().reason_code == "own_file"


def test_a_batch_is_bounded(firm):
    many = (THE_FIRM,) * 5001
    actor = officer()
    with pytest.raises(Refused) as caught:
        screened(actor, *many)
    assert caught.value.code == "batch_out_of_bounds" and Access.objects.count() == 1
    with pytest.raises(Refused):
        ask(replace(request(actor), subjects=()), now=NOW, today=TODAY)


def test_screening_again_in_the_same_matter_finds_the_same_hit_and_asks_for_no_second_answer(firm):
    measure(listing(firm))
    actor = officer()
    first, second = screened(actor), screened(actor)
    assert [each.number for each in first.results[0].hits] == [each.number for each in second.results[0].hits]
    assert ScreeningHit.objects.count() == 2 and Access.objects.count() == 2
    screened(actor, matter_no="苏采〔2026〕78号")
    assert ScreeningHit.objects.count() == 4


def test_an_erased_file_is_no_file(firm):
    person = factories.person()
    listing(person, "JS-SF-01")
    vault.destroy(person.key, NOW)
    assert statuses(screened(officer(), THE_PERSON, matter="high_consumption")) == [Status.NO_HIT]


def test_the_article_is_one_of_the_purpose(firm):
    assert article("government_procurement") == screened(officer()).basis_ref
