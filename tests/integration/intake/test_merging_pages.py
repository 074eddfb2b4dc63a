"""The pages of merging, for two certificates of one person: no certificate, name or document number in any of them."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories as make

from chengxin.accounts.roles import Role
from chengxin.registry.models import SubjectChange
from chengxin.registry.subjects import PersonFacts, register_person
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db
PASSPORT = "E3201990001"
HOME = "/console/intake/subjects/"


def client(name: str) -> Client:
    found = Client()
    found.force_login(make.user(name, Role.CENTRE_OPERATOR))
    return found


def test_a_person_is_merged_and_split_and_no_page_shows_them_in_clear() -> None:
    make.law()
    make.record(make.person())
    facts = PersonFacts(CodeKind.PASSPORT, PASSPORT, "沈清和")
    make.record(register_person(facts, today=make.TODAY, now=make.NOW), document_no="示交罚〔2026〕3号")
    one, two = client("one"), client("two")
    form = {"source_kind": "passport", "source": PASSPORT, "target_kind": "citizen_id", "target": make.CITIZEN}
    told = one.post(HOME, {**form, "proof": "出入境证明〔2026〕5号", "reason": "同一人"}, follow=True)
    address = told.redirect_chain[-1][0]
    pages = [told, one.get(HOME), two.get(address)]
    assert "等待另一位同事决定" in told.content.decode() and "自然人档案" in pages[1].content.decode()
    done = two.post(address, {"decision": "approve"}, follow=True)
    assert SubjectChange.objects.get().approved and "合并有误，提出拆分" in done.content.decode()
    pages += [done, two.get(f"{address}split/")]
    for page in pages:
        assert page.status_code == 200
        shown = page.content.decode()
        assert not any(word in shown for word in (PASSPORT, make.CITIZEN, "沈清和", "示交罚"))
