"""The operations of screening as methods. Nothing is kept and nothing is guessed: a code is asked as it was given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from chengxin_client.transport import Transport, over_https, read

MOST = 5000


@dataclass(frozen=True)
class Subject:
    """Whom to ask about. The kind of code is declared; a person needs number and name, a name alone is never enough."""

    subject_kind: str
    code_kind: str
    code: str = field(repr=False)
    name: str = field(default="", repr=False)

    @classmethod
    def organisation(cls, code: str, name: str = "") -> Subject:
        """Return an organisation by its unified social credit code."""
        return cls("organisation", "uscc", code, name)

    @classmethod
    def individual_business(cls, code: str, name: str = "") -> Subject:
        """Return an individual business by its unified social credit code."""
        return cls("individual_business", "uscc", code, name)

    @classmethod
    def person(cls, number: str, name: str, code_kind: str = "citizen_id") -> Subject:
        """Return a person by certificate number and name."""
        return cls("person", code_kind, number, name)


@dataclass(frozen=True)
class Reply:
    """One answer of the platform. ``results`` are in the order asked; ``body`` is all it said."""

    body: dict[str, Any] = field(repr=False)

    @property
    def results(self) -> list[dict[str, Any]]:
        """What became of each subject: ``status`` is hit, no_hit, needs_code, not_usable or refused."""
        return list(self.body["results"])

    @property
    def hits(self) -> list[dict[str, Any]]:
        """All hits, each with the number under which it must be answered and the day by which."""
        return [hit for result in self.results for hit in result["hits"]]

    @property
    def warning(self) -> str:
        """What the platform warns of: hits that were not answered in time."""
        return str(self.body["warning"])


class Client:
    """A unit's screening. ``token`` is the one the credit centre issued, or an access token got with a key."""

    def __init__(self, base: str, token: str, transport: Transport | None = None) -> None:
        self._send, self._token = transport or over_https(base), token

    def __repr__(self) -> str:
        """Leave the token out."""
        return "Client()"

    def screen(
        self, matter: str, matter_no: str, statute: str, subjects: Sequence[Subject], idempotency_key: str = ""
    ) -> Reply:
        """Screen up to 5,000 subjects for one matter. Raises Failed, NotReached, ValueError."""
        return Reply(self._post("/screenings", _asked(matter, matter_no, statute, subjects), idempotency_key))

    def screen_all(
        self, matter: str, matter_no: str, statute: str, subjects: Iterable[Subject], piece: int = 1000
    ) -> Iterator[Reply]:
        """Screen any number of subjects piece by piece, each piece with a trace of its own."""
        some: list[Subject] = []
        for subject in subjects:
            some.append(subject)
            if len(some) == min(piece, MOST):
                yield self.screen(matter, matter_no, statute, some)
                some = []
        if some:
            yield self.screen(matter, matter_no, statute, some)

    def feedback(self, number: str, applied: bool, reason: str = "", amount_fen: int | None = None) -> dict[str, Any]:
        """Say whether the measure was applied, or why not; the same report again changes nothing."""
        given = {"number": number, "applied": applied, "reason": reason, "amount_fen": amount_fen}
        return self._post("/screenings/feedback", given)

    def waiting(self) -> Iterator[dict[str, Any]]:
        """Yield the hits the unit has not reported back on, the earliest due first; answer them while going on."""
        return self._pages("/screenings/waiting", "")

    def watch(self, matter: str, matter_no: str, statute: str, subjects: Sequence[Subject]) -> dict[str, Any]:
        """Screen subjects now and be told when the outcome changes; ``watches`` numbers them by position."""
        return self._post("/screenings/portfolio", _asked(matter, matter_no, statute, subjects))

    def unwatch(self, watches: Sequence[str]) -> int:
        """Watch these no longer; return how many ended."""
        return int(self._post("/screenings/portfolio/close", {"watches": list(watches)})["closed"])

    def unwatch_subjects(self, matter: str, matter_no: str, subjects: Sequence[Subject]) -> int:
        """Watch these subjects no longer in one matter; return how many ended."""
        asked = {"matter": matter, "matter_no": matter_no, "subjects": [asdict(each) for each in subjects]}
        return int(self._post("/screenings/portfolio/remove", asked)["closed"])

    def watched(self) -> Iterator[dict[str, Any]]:
        """Yield what is watched, as it was last told to stand."""
        return self._pages("/screenings/portfolio", "")

    def events(self, after: int | str = 0) -> Iterator[dict[str, Any]]:
        """Yield what changed after a number, in order; ask again later with the last number seen."""
        return self._pages("/screenings/events", str(after))

    def push_to(self, url: str, replay_after: int | None = None) -> None:
        """Have events pushed to an address; with a number, send again what came after it."""
        self._post("/screenings/webhook", {"url": url, "replay_after": replay_after})

    def pushing(self) -> dict[str, Any]:
        """Return how the pushing stands: how far it has come, and why the last attempt failed."""
        return self._call("GET", "/screenings/webhook", None)

    def _pages(self, path: str, cursor: str) -> Iterator[dict[str, Any]]:
        while True:
            page = self._call("GET", path + ("?cursor=" + cursor if cursor else ""), None)
            yield from page["items"]
            if not page["items"] or page["next_cursor"] in ("", cursor):
                return
            cursor = page["next_cursor"]

    def _post(self, path: str, body: dict[str, Any], idempotency_key: str = "") -> dict[str, Any]:
        return self._call("POST", path, json.dumps(body).encode(), idempotency_key)

    def _call(self, method: str, path: str, body: bytes | None, idempotency_key: str = "") -> dict[str, Any]:
        headers = {"Authorization": "Bearer " + self._token, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        return read(self._send(method, "/api/v1" + path, headers, body))


def _asked(matter: str, matter_no: str, statute: str, subjects: Sequence[Subject]) -> dict[str, Any]:
    if not 1 <= len(subjects) <= MOST:
        raise ValueError("one request takes 1 to 5000 subjects; use screen_all for more")
    about = {"matter": matter, "matter_no": matter_no, "statute": statute}
    return {**about, "subjects": [asdict(each) for each in subjects]}
