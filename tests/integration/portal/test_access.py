"""Who gets which of the subject's own pages: nobody but the subject, and foreign things look like nothing."""

from __future__ import annotations

import uuid

import pytest
from tests import factories
from tests.disclosures import about_person, answer
from tests.factories import CITIZEN, NOW, PENALTY, TODAY
from tests.integration.portal.conftest import body, browser

from chengxin.accounts import selectors as accounts
from chengxin.accounts.roles import Role
from chengxin.disclosure import authorisations, own_file
from chengxin.rights import objections
from chengxin.rules.identifiers.verdict import CodeKind

OWN = ["/mine/", "/mine/lookups/", "/mine/authorisations/", "/mine/inbox/", "/mine/cases/", "/mine/report/"]


@pytest.fixture
def things(town) -> dict[str, list[str]]:
    """Addresses of one person's own things, by method."""
    enquirer = factories.user("enquirer", Role.ENQUIRER, of=factories.agency())
    read = answer(about_person(enquirer))
    ask = authorisations.Ask("bank_credit", CodeKind.CITIZEN_ID, CITIZEN, "沈清和", (PENALTY,))
    asked = authorisations.ask(ask, enquirer, now=NOW, today=TODAY)
    case = objections.file(
        town.person_record, actor=town.person_user, grounds="wrong", text="金额不对。", now=NOW, today=TODAY
    )
    letter = accounts.inbox([town.person.id]).first()
    record, letter_page = f"/mine/records/{town.person_record}/", f"/mine/inbox/{letter.pk}/open/"
    consent, matter = f"/mine/authorisations/{asked.pk}/", f"/mine/cases/{case.pk}/"
    return {
        "get": [
            record, f"{record}receipt.json", f"{record}objection/", f"{record}restoration/",
            f"/mine/lookups/{read.access}/receipt.json", consent, matter, f"{matter}withdraw/",
        ],
        "post": [
            f"{record}objection/", f"{record}restoration/", f"{consent}decide/", letter_page, f"{matter}withdraw/",
        ],
    }  # fmt: skip


@pytest.mark.parametrize("path", OWN)
def test_an_anonymous_visitor_is_sent_to_sign_in(town, path):
    assert browser().get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_an_anonymous_visitor_gets_none_of_the_things(town, things):
    for path in things["get"]:
        assert browser().get(path).headers["Location"].startswith("/sign-in/")
    for path in things["post"]:
        assert browser().post(path).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_subject_opens_every_own_page(town, things, path, language):
    answer = browser(town.person_user).get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_subject_opens_every_own_thing(town, things):
    for path in things["get"]:
        assert browser(town.person_user).get(path).status_code == 200, path


@pytest.mark.parametrize("who", ["stranger", "firm_user", "officer"])
def test_anybody_else_finds_the_same_missing_page_as_for_nothing(town, things, who):
    client = browser(getattr(town, who))
    nothing = client.get("/mine/nothing/here/")
    for path in things["get"]:
        found = client.get(path)
        assert (found.status_code, body(found)) == (404, body(nothing)), path
    for path in things["post"]:
        assert client.post(path, {"act": "grant"}).status_code == 404, path


def test_nothing_a_stranger_posted_had_an_effect(town, things):
    client = browser(town.stranger)
    for path in things["post"]:
        client.post(
            path, {"act": "grant", "grounds": "wrong", "text": "不是我的", "truthful": "on", "commitment": "on"}
        )
    states = [authorisations.state(each, TODAY) for each in authorisations.of_subject(town.person.id)]
    assert states == ["asked"]
    assert accounts.unread([town.person.id]) == accounts.inbox([town.person.id]).count()


def test_an_unknown_uuid_is_the_same_as_a_foreign_one(town):
    client, nobody = browser(town.person_user), uuid.uuid4()
    nothing = client.get("/mine/nothing/here/")
    for path in (f"/mine/records/{nobody}/", f"/mine/records/{town.firm_record}/", f"/mine/cases/{nobody}/"):
        assert body(client.get(path)) == body(nothing)


def test_an_officer_without_a_file_is_told_so(town):
    assert "没有关联任何档案" in browser(town.officer).get("/mine/").content.decode()
    assert browser(town.officer).get("/mine/lookups/").status_code == 404


def test_every_look_at_ones_own_file_is_committed(town):
    browser(town.person_user).get("/mine/")
    looked = own_file.who_looked(town.person.id, town.person_user, now=factories.NOW.replace(year=2027))
    assert [look.basis_kind for look in looked.looks] == ["own"]


def test_a_user_of_two_files_chooses_and_a_foreign_choice_does_not_exist(town):
    from chengxin.registry.subjects import give_mandate

    give_mandate(town.person_user, town.firm, NOW)
    client = browser(town.person_user)
    client.post("/mine/choose/", {"subject": str(town.firm.id)})
    assert "栖云望舒食品有限公司：" in client.get("/mine/").content.decode()
    assert client.post("/mine/choose/", {"subject": str(uuid.uuid4())}).status_code == 404
