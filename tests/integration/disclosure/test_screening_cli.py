"""Screening on the command line: a file in, an annotated file out, gone on with where it was cut short."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from click.testing import CliRunner
from tests import factories
from tests.factories import CITIZEN, FIRM, TODAY
from tests.screenings import MATTER_NO, PERSON_NAME, listing, officer

from chengxin.cli.main import main
from chengxin.disclosure.models import Access
from chengxin.disclosure.screening import services
from chengxin.disclosure.services import ServiceRefused
from chengxin.ui.clock import moved_to

pytestmark = pytest.mark.django_db(transaction=True)
ABOUT = ("--matter", "market_entry", "--matter-no", MATTER_NO, "--as", "officer")


@pytest.fixture
def file(tmp_path):
    factories.law()
    listing(factories.firm())
    factories.person()
    officer()
    lines = ["kind,code_kind,code,name", f"organisation,uscc,{FIRM},", "organisation,uscc,,栖云望舒食品有限公司"]
    lines.append(f"person,citizen_id,{CITIZEN},{PERSON_NAME}")
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def rows(path):
    return list(csv.DictReader(path.open(encoding="utf-8-sig", newline="")))


def test_a_file_comes_back_annotated_row_by_row(file):
    done = run("screen", file, "--purpose", "licensing", *ABOUT)
    assert done.exit_code == 0, done.output
    found = rows(file.with_name("list.result.csv"))
    assert [each["status"] for each in found] == ["hit", "needs_code", "no_hit"]
    assert found[0]["hit_kind"] == "listing" and found[0]["remedy"] and found[0]["feedback_number"]
    assert (
        found[1]["hit"] == "" and found[0]["code"] == FIRM and not file.with_name("list.result.csv.progress").exists()
    )
    assert CITIZEN not in done.output and PERSON_NAME not in done.output
    again = run("screen", file, "--purpose", "licensing", *ABOUT)
    assert again.exit_code == 1 and "已经存在" in again.output


def test_a_run_cut_short_goes_on_and_answers_nothing_twice(file, monkeypatch):
    whole, asked = services.ask, []

    def breaks(asking, **day):
        asked.append(len(asking.subjects))
        if len(asked) == 2:
            raise ServiceRefused
        return whole(asking, **day)

    monkeypatch.setattr(services, "ask", breaks)
    arguments = ("screen", file, "--purpose", "licensing", *ABOUT, "--piece", 1)
    assert run(*arguments).exit_code == 1
    other = run("screen", file, "--purpose", "licensing", *ABOUT[:3], "另一件", *ABOUT[4:], "--piece", 1)
    assert other.exit_code == 1 and "属于另一个" in other.output
    done = run(*arguments)
    assert done.exit_code == 0 and "续做" in done.output
    assert [each["status"] for each in rows(file.with_name("list.result.csv"))] == ["hit", "needs_code", "no_hit"]
    assert Access.objects.count() == 3


def test_a_wrong_purpose_and_a_wrong_file_are_refused_before_anybody_is_looked_up(file):
    assert "licensing" in run("screen", file, "--purpose", "bank_credit", *ABOUT).output
    file.write_text(f"code\n{CITIZEN}\n")
    refused = run("screen", file, "--purpose", "licensing", *ABOUT)
    assert refused.exit_code == 1 and CITIZEN not in refused.output and not Access.objects.exists()


def test_the_register_is_kept_by_file(file):
    assert "watched 2" in run("portfolio", "add", file, *ABOUT).output
    shown = run("portfolio", "list", "--as", "officer").output
    assert FIRM in shown and "struck" in shown and "自然人" in shown and CITIZEN not in shown
    listing(factories.person())
    services.run(factories.NOW, factories.TODAY)
    assert "struck" in run("portfolio", "events", "--as", "officer").output
    assert "ended 2" in run("portfolio", "remove", file, *ABOUT).output


def test_hits_are_listed_answered_and_the_late_named(file):
    run("screen", file, "--purpose", "licensing", *ABOUT)
    listed = run("hits", "waiting", "--as", "officer")
    assert listed.exit_code == 0 and "market_entry" in listed.output and FIRM not in listed.output
    number = listed.output.split()[0]
    refused = run("hits", "answer", number, "--not-applied", "--as", "officer")
    assert refused.exit_code == 1 and "理由" in refused.output
    with moved_to(TODAY + timedelta(days=400)):
        assert "逾期 overdue" in run("hits", "waiting", "--as", "officer").output
        assert run("hits", "late").output.split("\t")[1] == "1"
    done = run("hits", "answer", number, "--not-applied", "--reason", "仅变更地址", "--as", "officer")
    assert done.exit_code == 0, done.output
    assert run("hits", "waiting", "--as", "officer").output == ""
