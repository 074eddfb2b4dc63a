"""Checking a presentation with keys and a status list that are given; nothing is looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengxin.disclosure.portable.packing import TYPE, VCT
from chengxin.rules import strict_json
from chengxin.vault.sdjwt import checking, jose, statuslist
from chengxin.vault.sdjwt.checking import Expected
from chengxin.vault.sdjwt.statuslist import Status


@dataclass(frozen=True, slots=True)
class Checked:
    """A sound presentation: what it shows, for whom, and what the status list says, which is ``age`` seconds old.

    ``status`` is "unknown" when no list was given or its value has no meaning here.
    """

    claims: dict[str, Any] = field(repr=False)
    audience: str = field(repr=False)
    status: str
    age: int | None


def check(
    presentation: str,
    keys: str,
    status_list: str | None,
    *,
    now: datetime,
    audience: str | None = None,
    nonce: str | None = None,
    bound: bool = True,
) -> Checked:
    """Check a presentation against an issuer's key set; raises NotSound."""
    found, seconds = _keys(keys), int(now.timestamp())
    expected = Expected(seconds, (TYPE,), vct=VCT, bound=bound, audience=audience, nonce=nonce)
    sound = checking.check(presentation.strip(), found, expected)
    told = sound.binding["aud"] if sound.binding else ""
    if status_list is None:
        return Checked(sound.claims, told, "unknown", None)
    where = statuslist.reference(sound.claims)
    listed = statuslist.check(status_list.strip(), found, uri=where.uri, now=seconds)
    value = listed.at(where.index)
    known = {Status.VALID: "valid", Status.WITHDRAWN: "withdrawn", Status.SUPERSEDED: "superseded"}
    return Checked(sound.claims, told, known.get(Status(value), "unknown"), max(0, seconds - listed.made))


def _keys(text: str) -> jose.Keys:
    try:
        found = strict_json.loads(text.encode())
    except strict_json.NotStrict:
        raise jose.NotSound("key") from None
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise jose.NotSound("key")
    return {str(each.get("kid")): jose.key_of(each) for each in listed if isinstance(each, dict)}
