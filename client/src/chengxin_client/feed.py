"""The feed of published records as methods: the whole set, what changed since, receipts, and comparing what is held.

Every page is signed. As with pushed events the check of the signature is handed in: any function that takes signature
and text, with the platform's key already in it, and tells whether they fit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from chengxin_client.client import Client
from chengxin_client.transport import Transport
from chengxin_client.webhooks import Check, NotFromThere


class Feed(Client):
    """What a recipient under contract takes. Keep of each record its content and the number that brought it."""

    def __init__(
        self, base: str, token: str, check: Check, contract_no: str = "", transport: Transport | None = None
    ) -> None:
        super().__init__(base, token, transport)
        self._check, self._contract = check, contract_no

    def __repr__(self) -> str:
        """Leave the token out."""
        return "Feed()"

    def snapshot(self, number: int | None = None, bucket: str = "") -> Iterator[dict[str, Any]]:
        """Yield the pages of the whole set as of a number, or of one bucket of it; a later page has the same number.

        What is held and stands in no page must be deleted; then deltas are taken after ``page["snapshot"]``.
        """
        asked: dict[str, Any] = {"number": number, "bucket": bucket}
        while True:
            answer = self._get("/feed/snapshot", asked)
            page = self._signed(answer)
            yield page
            if not answer["next_cursor"]:
                return
            asked |= {"number": page["snapshot"], "cursor": answer["next_cursor"]}

    def deltas(self, after: int) -> Iterator[dict[str, Any]]:
        """Yield what came after a number, in order: publish and change bring content, anything else deletes."""
        while True:
            answer = self._get("/feed", {"cursor": str(after)})
            yield from self._signed(answer)["deltas"]
            if not answer["count"]:
                return
            after = int(answer["next_cursor"])

    def confirm(self, numbers: Sequence[int], applied: bool = True) -> list[dict[str, Any]]:
        """Say what was received, and whether its effect is in place."""
        said = {"numbers": list(numbers), "applied": applied, "contract_no": self._contract}
        return list(self._post("/feed/receipts", said)["receipts"])

    def compare(self, number: int, held: Mapping[str, int]) -> list[str]:
        """Say what is held after all steps up to a number; return the buckets that differ, none when all is right.

        ``held`` is each record with the number that brought its content. Take a bucket that differs with ``snapshot``.
        """
        count, digest = total(held)
        said = {"number": number, "count": count, "sha256": digest, "contract_no": self._contract}
        answer = self._post("/feed/verified", said)
        if answer["agrees"]:
            return []
        theirs = {each["bucket"]: (each["count"], each["sha256"]) for each in answer["buckets"]}
        ours = {bucket: total(part) for bucket, part in by_bucket(held).items()}
        return sorted(bucket for bucket in theirs.keys() | ours.keys() if theirs.get(bucket) != ours.get(bucket))

    def deletions(self) -> dict[str, Any]:
        """Return how many records are kept past their time, and since when."""
        return self._get("/feed/deletions", {})

    def deleted(self, through: str) -> dict[str, Any]:
        """Say that everything that had to be deleted by a day is deleted."""
        return self._post("/feed/deletions", {"through": through, "contract_no": self._contract})

    def _get(self, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        given = {
            name: value for name, value in {**asked, "contract_no": self._contract}.items() if value not in ("", None)
        }
        return self._call("GET", path + ("?" + urlencode(given) if given else ""), None)

    def _signed(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        body = str(answer["body"]).encode()
        if not self._check(bytes.fromhex(str(answer["signature"])), body):
            raise NotFromThere("signature")
        found: dict[str, Any] = json.loads(body)
        return found


def total(held: Mapping[str, int]) -> tuple[int, str]:
    """Return how many records are held and the SHA-256 over their lines: record, space, number, line feed, in order."""
    lines = "".join(f"{record} {held[record]}\n" for record in sorted(held))
    return len(held), hashlib.sha256(lines.encode()).hexdigest()


def by_bucket(held: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return what is held by the first two digits of the record."""
    buckets: dict[str, dict[str, int]] = {}
    for record, number in held.items():
        buckets.setdefault(record[:2], {})[record] = number
    return buckets
