"""Sends one file into the database named by the environment; the crash test kills this process at any moment."""

from __future__ import annotations

import io
import sys

import django
from django.conf import settings

django.setup()

from tests import factories as make  # noqa: E402
from tests import filings, migrated  # noqa: E402
from tests.integration.intake.test_crash import ROWS  # noqa: E402

from chengxin.intake import parcels, selectors  # noqa: E402 — Django has to be set up first.


def prepare() -> None:
    """Make the database with the law, an agency and its clerk."""
    from django.core.management import call_command

    migrated.laid_at(settings.DATABASES["default"]["NAME"])
    call_command("migrate", verbosity=0)
    make.law()
    filings.clerk(make.agency())


def send() -> None:
    """Send the file in small batches, saying when the work begins and when it is done."""
    from chengxin.accounts.selectors import user_by_name
    from chengxin.intake import services

    parcels.SIZE = 50
    clerk = user_by_name("clerk")
    content = filings.as_csv(filings.rows(ROWS))
    print("begin", flush=True)
    sent = services.submit(
        clerk.agency, make.PENALTY, "x.csv", io.BytesIO(content), actor=clerk, now=make.NOW, today=make.TODAY
    )
    print("done", selectors.summary(sent).admitted, flush=True)


if __name__ == "__main__":
    prepare() if sys.argv[1] == "prepare" else send()
