"""The gate, condition by condition: take one away and the read is refused, with its code, and committed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests import factories
from tests.disclosures import about_firm, about_person, allowed, answer
from tests.factories import CITIZEN, NOW, OTHER_CITIZEN, TODAY

from chengxin.accounts.models import Agency, RoleAssignment, User
from chengxin.accounts.roles import Role
from chengxin.disclosure import authorisations
from chengxin.disclosure.models import Access
from chengxin.disclosure.services import Refused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry import hot, selectors
from chengxin.registry import services as registry
from chengxin.registry.subjects import give_mandate
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db


def refusal(enquiry, **changed) -> str:
    """Return the code of the refusal, after checking that row and leaf are committed."""
    before = Access.objects.count(), Entry.objects.filter(kind="access").count()
    with pytest.raises(Refused) as caught:
        answer(enquiry, **changed)
    row = Access.objects.latest("entry_id")
    assert (Access.objects.count(), Entry.objects.filter(kind="access").count()) == (before[0] + 1, before[1] + 1)
    assert (row.outcome, row.reason_code, row.entry_id) == ("refused", caught.value.code, caught.value.entry)
    assert json.loads(bytes(row.entry.body))["public"]["outcome"] == "refused"
    return caught.value.code


def test_a_complete_enquiry_is_answered_with_basis_authority_and_end(world):
    given = answer(about_person(world.officer))
    (row,) = given.rows
    assert (given.outcome, given.hit, given.count) == ("answered", True, 1)
    assert (row.item, row.authority_name, row.document_no) == ("JS-CF-01", "示例省交通运输厅", "示交罚〔2026〕1号")
    assert row.basis.startswith("《行政处罚法》")
    assert Access.objects.get(pk=given.access).subject_id == world.person.id


def test_every_answer_has_a_leaf_that_proves_it(world):
    given = answer(about_person(world.officer))
    proof = ledger.proof(given.entry, now=NOW)
    assert proof["payload"]["access"] == str(given.access)
    assert proof["payload"]["matter"] == "苏办〔2026〕118号"


def without_role(world):
    RoleAssignment.objects.all().delete()
    return about_person(world.officer)


def unit_does_not_query(world):
    Agency.objects.filter(pk=world.officer.agency_id).update(queries_records=False)
    return about_person(User.objects.select_related("agency").get(pk=world.officer.pk))


def inactive(world):
    world.officer.is_active = False
    return about_person(world.officer)


def other_role(world):
    RoleAssignment.objects.filter(user=world.officer).update(role=Role.REVIEWER)
    return about_person(world.officer)


def own_person(world):
    give_mandate(world.officer, world.person, NOW)
    return about_person(world.officer)


def own_unit(world):
    world.officer.agency.uscc = factories.FIRM
    return about_firm(world.officer)


CONDITIONS = {
    "no role": (without_role, "not_permitted"),
    "unit does not query": (unit_does_not_query, "not_permitted"),
    "account closed": (inactive, "not_permitted"),
    "another role": (other_role, "not_permitted"),
    "no purpose": (lambda w: replace(about_person(w.officer), purpose=""), "no_such_purpose"),
    "unknown purpose": (lambda w: replace(about_person(w.officer), purpose="curiosity"), "no_such_purpose"),
    "purpose of the subject alone": (lambda w: about_person(w.officer, "own_file"), "purpose_not_for_role"),
    "purpose for organisations": (
        lambda w: about_person(w.officer, "procurement", statute="《政府采购法》第二十二条"),
        "purpose_not_for_subject",
    ),
    "no article": (lambda w: about_person(w.officer, statute=""), "no_basis"),
    "an article of another purpose": (
        lambda w: about_person(w.officer, statute="《民事诉讼法》第七十条"),
        "statute_not_for_purpose",
    ),
    "no matter": (lambda w: about_person(w.officer, matter_no="  "), "no_matter"),
    "no kind of matter where the purpose is bound to some": (
        lambda w: about_firm(w.officer, "procurement", matter=""),
        "matter_not_for_purpose",
    ),
    "a kind of matter of another purpose": (
        lambda w: about_firm(w.officer, "procurement", matter="honours"),
        "matter_not_for_purpose",
    ),
    "a matter that is an identity number": (lambda w: about_person(w.officer, matter_no=CITIZEN), "matter_not_plain"),
    "a code wrong for its kind": (lambda w: about_person(w.officer, code=CITIZEN[:-1] + "3"), "code_not_usable"),
    "a kind of code for firms": (lambda w: about_person(w.officer, code_kind=CodeKind.USCC), "code_not_usable"),
    "own file": (own_person, "own_file"),
    "own unit": (own_unit, "own_unit"),
    "no authorisation": (lambda w: about_person(w.officer, "bank_credit"), "no_basis"),
    "made-up authorisation": (
        lambda w: about_person(w.officer, "bank_credit", authorisation_id=uuid4()),
        "authorisation_not_valid",
    ),
}


@pytest.mark.parametrize("missing", CONDITIONS)
def test_take_one_condition_away_and_the_read_is_refused_and_committed(world, missing):
    build, code = CONDITIONS[missing]
    assert refusal(build(world)) == code


def test_a_refused_read_is_attributed_to_the_subject_it_was_about(world):
    refusal(about_person(world.officer, statute=""))
    assert Access.objects.latest("entry_id").subject_id == world.person.id


def test_a_name_that_does_not_agree_finds_no_file_just_as_an_unknown_code(world):
    wrong_name = answer(about_person(world.officer, name="沈青荷"))
    unknown = answer(about_person(world.officer, code=OTHER_CITIZEN))
    for given in (wrong_name, unknown):
        assert (given.outcome, given.hit, given.count, given.rows) == ("no_file", False, 0, ())
        assert Access.objects.get(pk=given.access).subject_id is None


def test_a_former_name_of_a_firm_still_agrees(world):
    factories.firm(name="栖云食品集团有限公司")
    assert answer(about_firm(world.officer)).outcome == "answered"


def test_an_erased_subject_has_no_file(world):
    from chengxin.vault import services as vault

    vault.destroy(world.person.key, NOW)
    assert answer(about_person(world.officer)).outcome == "no_file"


def test_a_purpose_sees_only_its_items_and_natures(world):
    factories.record(world.firm, item="JS-XK-01", content={}, document_no="示许〔2026〕2号")
    seen = {row.item for row in answer(about_firm(world.officer, "procurement")).rows}
    assert seen == {"JS-CF-01"}


def test_hits_carry_no_content_and_yes_or_no_carries_no_rows(world):
    hits = answer(about_firm(world.officer, "procurement"))
    assert hits.rows and all(row.fields == () for row in hits.rows)
    allowed_once = allowed(world.officer, world.citizen, purpose="contract_partner")
    yes = answer(about_person(world.officer, "contract_partner", authorisation_id=allowed_once.pk))
    assert (yes.hit, yes.count, yes.rows) == (True, None, ())


def test_the_matter_stands_beside_the_article_in_what_the_subject_sees(world):
    given = answer(about_firm(world.officer, "procurement"))
    assert given.basis_ref == "《政府采购法》第二十二条（政府采购和招标投标）"
    assert Access.objects.get(pk=given.access).basis_ref == given.basis_ref


def test_a_purpose_that_needs_a_number_gets_a_number_and_no_record(world):
    factories.record(world.firm, document_no="示交罚〔2026〕9号")
    given = answer(about_firm(world.officer, "inspection_rate"))
    assert (given.hit, given.count, given.rows) == (True, 2, ())
    access = Access.objects.get(pk=given.access)
    assert (access.record_count, access.fields, access.shown) == (2, [], [])


def test_an_authorisation_covers_only_its_items(world):
    given = allowed(world.officer, world.citizen)
    answered = answer(about_person(world.officer, "bank_credit", authorisation_id=given.pk))
    assert Access.objects.get(pk=answered.access).basis_ref == str(given.pk)
    request = authorisations.Ask("bank_credit", CodeKind.CITIZEN_ID, CITIZEN, "沈清和", ("JS-XK-01",))
    narrow = authorisations.ask(request, world.officer, now=NOW, today=TODAY)
    authorisations.grant(narrow.pk, world.citizen, now=NOW, today=TODAY)
    assert answer(about_person(world.officer, "bank_credit", authorisation_id=narrow.pk)).rows == ()


def test_an_authorisation_for_one_person_tells_nothing_about_another(world):
    given = allowed(world.officer, world.citizen)
    factories.person(OTHER_CITIZEN, "陆行舟")
    known = about_person(world.officer, "bank_credit", authorisation_id=given.pk, code=OTHER_CITIZEN, name="陆行舟")
    unknown = replace(known, name="陆行州")
    assert refusal(known) == refusal(unknown) == "authorisation_not_valid"


def test_an_authorisation_ends_by_comparison(world):
    given = allowed(world.officer, world.citizen, days=10)
    enquiry = about_person(world.officer, "bank_credit", authorisation_id=given.pk)
    assert answer(enquiry, today=TODAY + timedelta(days=9)).outcome == "answered"
    assert refusal(enquiry, today=TODAY + timedelta(days=10)) == "authorisation_not_valid"


def test_a_one_time_authorisation_answers_once(world):
    given = allowed(world.officer, world.citizen, once=True)
    enquiry = about_person(world.officer, "bank_credit", authorisation_id=given.pk)
    answer(enquiry)
    assert refusal(enquiry) == "authorisation_not_valid"


def test_another_unit_cannot_use_it(world):
    given = allowed(world.officer, world.citizen)
    stranger = factories.user("stranger", Role.ENQUIRER, of=factories.agency(factories.AGENCY))
    assert refusal(about_person(stranger, "bank_credit", authorisation_id=given.pk)) == "authorisation_not_valid"


def test_the_hot_read_agrees_with_the_selectors_every_day(world):
    extra = factories.record(world.firm, document_no="示交罚〔2026〕2号", decided=TODAY - timedelta(days=300))
    registry.annotate(extra, "disputed", ref="T-1", now=NOW)
    for days in (0, 30, 364, 365, 366, 800, 1200):
        day = TODAY + timedelta(days=days)
        quick = {
            (row.version, row.record, tuple(m.kind for m in row.marks)) for row in hot.standing(world.firm.id, day)
        }
        plain = {
            (v.pk, v.record_id, tuple(m.kind for m in v.record.open_marks))
            for v in selectors.in_use([world.firm.id], day)
        }
        assert quick == plain
