"""Authorisations on the command line: asked, shown, and the artefact checked."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests import factories
from tests.disclosures import PERSON_NAME
from tests.factories import CITIZEN, NOW, PENALTY, TODAY

from chengxin.accounts.roles import Role
from chengxin.cli.main import main
from chengxin.disclosure import authorisations
from chengxin.disclosure.models import Authorisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen():
    factories.law()
    factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    factories.user("stranger", Role.ENQUIRER, of=factories.agency())
    return factories.citizen(factories.person())


def run(*arguments, typed=""):
    return CliRunner().invoke(main, ["authorisation", *map(str, arguments)], input=typed)


def test_asked_shown_and_verified(citizen, tmp_path):
    about = ("--purpose", "bank_credit", "--item", PENALTY, "--days", 30, "--once", "--as", "officer")
    asked = run("ask", *about, typed=f"{CITIZEN}\n{PERSON_NAME}\n")
    assert asked.exit_code == 0 and CITIZEN not in asked.output, asked.output
    made = Authorisation.objects.get()
    assert made.once and str(made.pk) in asked.output
    authorisations.grant(made.pk, citizen, now=NOW, today=TODAY)
    path = tmp_path / "artefact.json"
    shown = run("show", made.pk, "--to", path, "--as", "officer")
    assert shown.exit_code == 0 and "bank_credit" in shown.output
    assert run("verify", path).exit_code == 0
    authorisations.withdraw(made.pk, citizen, now=NOW)
    older = run("verify", path)
    assert older.exit_code == 1 and "older" not in older.output and "later" in older.output
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"text": "{}"}), encoding="utf-8")
    assert run("verify", path).exit_code == 1


def test_another_units_authorisation_is_not_shown(citizen):
    about = ("--purpose", "bank_credit", "--item", PENALTY, "--as", "officer")
    run("ask", *about, typed=f"{CITIZEN}\n{PERSON_NAME}\n")
    shown = run("show", Authorisation.objects.get().pk, "--as", "stranger")
    assert shown.exit_code != 0 and "bank_credit" not in shown.output
