"""The forms of the catalogue desk give exactly what a law file would hold; drafts are revised by their author only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories as make

from chengxin.accounts.roles import Role
from chengxin.catalogue import change_reading, changes, overlay, selectors
from chengxin.catalogue.models import Change
from chengxin.console.catalogue.forms import ItemForm
from chengxin.rules.catalogue_changes import ITEM

pytestmark = pytest.mark.django_db
BASIS = {"basis1_instrument": "示例省公共信用信息条例", "basis1_article": "第九条", "basis1_rank": "local_regulation"}


@pytest.fixture
def author(settings: Any) -> Iterator[Any]:
    settings.DEMO_DAY = make.TODAY.isoformat()
    make.law()
    overlay.put(overlay.Overlay())
    yield make.user("author", Role.CENTRE_OPERATOR)
    overlay.put(overlay.Overlay())


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_the_form_of_an_item_there_is_changes_nothing_by_itself(author: Any) -> None:
    for code in [each.code for each in selectors.catalogue_rows(make.TODAY)]:
        version = selectors.version_in_force(code, make.TODAY)
        day = make.TODAY + timedelta(days=40)
        initial = ItemForm.initial_of(dict(version.definition) | {"since": day}, "来函")
        form = ItemForm({key: given for key, given in initial.items() if given is not None})
        assert form.is_valid(), (code, form.errors)
        proposal = changes.examined(form.content(), make.TODAY)
        change = Change(content=changes.plain(form.content()), kind=ITEM, since=proposal.since)
        assert {each.key for each in change_reading.altered(change, make.TODAY)} <= {"since", "scope"}


def test_a_retirement_is_drafted_revised_and_discarded_by_its_author_only(author: Any) -> None:
    day = make.TODAY + timedelta(days=40)
    form = {**BASIS, "code": make.LICENCE, "since": day.isoformat(), "why": "改由他处归集"}
    answer = client(author).post("/console/catalogue/new/retirement/", form)
    change = Change.objects.get()
    assert answer["Location"] == f"/console/catalogue/{change.id}/"
    other = client(make.user("second", Role.CENTRE_OPERATOR))
    later = form | {"since": (day + timedelta(days=1)).isoformat()}
    refused = other.post(f"/console/catalogue/{change.id}/edit/", later)
    assert refused.status_code == 422 and "由起草人本人办理" in refused.content.decode()
    assert client(author).post(f"/console/catalogue/{change.id}/edit/", later).status_code == 302
    change.refresh_from_db()
    assert change.since == day + timedelta(days=1)
    page = client(author).get(f"/console/catalogue/{change.id}/").content.decode()
    assert day.isoformat() in page  # The last day in force.
    done = client(author).post(f"/console/catalogue/{change.id}/discard/", {"reason": "不再需要", "version": "2"})
    assert done.status_code == 302
    change.refresh_from_db()
    assert change.state == "discarded"


def test_a_stale_page_takes_no_step_and_unknown_ones_do_not_exist(author: Any) -> None:
    form = {**BASIS, "code": make.LICENCE, "since": "2027-03-01", "why": "改由他处归集"}
    client(author).post("/console/catalogue/new/retirement/", form)
    change = Change.objects.get()
    stale = client(author).post(f"/console/catalogue/{change.id}/submit/", {"version": "7"})
    assert stale.status_code == 422 and "刷新页面" in stale.content.decode()
    assert client(author).post(f"/console/catalogue/{change.id}/start/").status_code == 404
    assert client(author).get("/console/catalogue/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert client(author).get("/console/catalogue/new/other/").status_code == 404


def test_a_new_column_is_described_by_the_form(author: Any) -> None:
    form = {**BASIS, "operation": "add", "column": "CF:", "heading": "示例项目", "new_code": "CF_SLXM", "type": "text",
            "klass": "public", "since": "2027-03-01", "why": "来函"}  # fmt: skip
    wrong = client(author).post("/console/catalogue/new/column/", form | {"column": "CF:CF_WSH", "new_code": ""})
    assert wrong.status_code == 422 and "请填写新列的字段代码" in wrong.content.decode()
    assert client(author).post("/console/catalogue/new/column/", form).status_code == 302
    change = Change.objects.get()
    assert change.content["layout"]["added"]["code"] == "CF_SLXM"
    assert client(author).get(f"/console/catalogue/{change.id}/edit/").status_code == 200


def test_a_column_of_listed_values_is_asked_for_them_and_keeps_them_when_edited(author: Any) -> None:
    day = (make.TODAY + timedelta(days=40)).isoformat()
    form = {
        **BASIS, "operation": "add", "column": "CF:", "heading": "示例等级", "heading_en": "Demo grade",
        "new_code": "CF_SLDJ", "type": "choice", "klass": "public", "since": day, "why": "部门来函",
    }  # fmt: skip
    empty = client(author).post("/console/catalogue/new/column/", form)
    assert empty.status_code == 422 and "每行填一个允许的取值" in empty.content.decode()
    amount = client(author).post("/console/catalogue/new/column/", form | {"type": "wan", "choices": "甲级"})
    assert amount.status_code == 422
    done = client(author).post("/console/catalogue/new/column/", form | {"choices": "甲级\n\n 乙级 "})
    assert done.status_code == 302
    change = Change.objects.get()
    assert change.content["layout"]["added"]["choices"] == ["甲级", "乙级"]
    page = client(author).get(f"/console/catalogue/{change.id}/edit/").content.decode()
    assert "甲级\n乙级" in page
