"""列对应: where a person says what unknown columns stand for, told to the system that sent them."""

from __future__ import annotations

from typing import IO, Any

from django.http import HttpResponse

from chengxin.accounts.clients import ApiClient
from chengxin.api.problems import of_refusal
from chengxin.intake import mappings
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

PAGE = "/console/intake/mapping/"


def anywhere() -> dict[str, Any]:
    """Return the page on which any file can be matched."""
    return {"page": PAGE, "held": None, "held_until": None}


def to_match(refusal: Refusal, client: ApiClient, item: str, file: IO[bytes], *, keep: bool) -> HttpResponse:
    """Return the problem that leads to the page; the file is kept for a day unless it was only tried."""
    return of_refusal(refusal, mapping=_held(client, item, file) if keep else anywhere())


def _held(client: ApiClient, item: str, file: IO[bytes]) -> dict[str, Any]:
    file.seek(0)
    place = (client.agency, item, "api", file)
    try:
        kept = mappings.hold(*place, actor=client.user, now=clock.now(), today=clock.today())
    except Refusal:
        # The refusal that led here says what is wrong with the file; that it was not kept changes nothing in it.
        return anywhere()
    return {"page": f"{PAGE}{kept.id}/", "held": kept.id, "held_until": kept.held_until}
