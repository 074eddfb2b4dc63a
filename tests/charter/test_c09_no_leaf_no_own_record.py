"""C09: what a source is shown of a person's record over HTTP is written down. Break the ledger: no answer."""

from __future__ import annotations

import io
import json

import pytest
from django.db import connection
from django.test import Client
from tests import factories as make
from tests import filings
from tests.factories import CITIZEN

from chengxin.accounts import clients
from chengxin.accounts.roles import Role
from chengxin.intake import services
from chengxin.intake.models import Admission, Correction, Withdrawal
from chengxin.ui import clock

pytestmark = pytest.mark.django_db(transaction=True)
GROUND = {"reason": "mistake", "text": "对象报错"}
FIELDS = {"fields": {"CF_NR_FK": "0.9"}}
ROUTES = [
    ("/records/{record}", None),
    ("/records/{record}/lineage", None),
    ("/records/{record}/withdrawal", GROUND),
    ("/records/{record}/correction", FIELDS | {"dry_run": True}),
    ("/records/{record}/correction", FIELDS | {"text": "改", "number": 1}),
    ("/submissions/{later}/differences", None),
    ("/submissions/{later}/differences", {"rows": [{"row_no": 2, "number": 1}], "text": "改"}),
]


@pytest.fixture
def places():
    """A person's record, and a later file that says something else about it; with the token of the unit's system."""
    make.law()
    agency = make.agency()
    issued = clients.issue(agency, ["submission"], make.user("operator", Role.CENTRE_OPERATOR), make.MIDNIGHT)
    sent = [_send(agency, issued.client.user, row) for row in ("0.5", "0.8")]
    record = Admission.objects.get().record_id
    return {"record": record, "later": sent[1].id}, {"Authorization": f"Bearer {issued.token}"}


def _send(agency, actor, fine):
    content = filings.as_csv([filings.PERSON_ROW | {"CF_NR_FK": fine}])
    return services.submit(
        agency, make.PENALTY, "x.csv", io.BytesIO(content), actor=actor, now=make.NOW, today=make.TODAY
    )


def ask(path, body, headers):
    if body is None:
        return Client().get(path, headers=headers)
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.parametrize(("path", "body"), ROUTES)
def test_when_the_look_cannot_be_written_down_nothing_is_shown_or_done(places, path, body, caplog):
    named, headers = places
    with clock.moved_to(make.TODAY):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_entry RENAME TO ledger_entry_away")
        try:
            refused = ask("/api/v1" + path.format(**named), body, headers)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE ledger_entry_away RENAME TO ledger_entry")
        assert (refused.status_code, refused.json()["code"]) == (503, "not_available")
        told = refused.content.decode() + caplog.text
        assert not any(word in told for word in (CITIZEN, "沈清和", "示交罚", "超限", "0.8"))
        assert not Withdrawal.objects.exists() and not Correction.objects.exists()
        assert ask("/api/v1" + path.format(**named), body, headers).status_code in (200, 201), (
            "with the ledger it works"
        )
