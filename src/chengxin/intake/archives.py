"""Any number of files at once, ZIP files among them: each is filed on its own and a refused one holds up no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from chengxin.accounts.models import Agency, User
from chengxin.intake import services
from chengxin.intake.models import Submission
from chengxin.intake.policies import check_may_submit
from chengxin.intake.readers import bundles
from chengxin.intake.readers.faults import FileRefused
from chengxin.intake.trial import Tried

NamedFile = tuple[str, IO[bytes]]


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its submission and, in a rehearsal, the rows with something to say; or its refusal.

    ``name`` has the ZIP file before the file in it. ``how`` says in two languages how a text was split into columns;
    it is filled in rehearsals only.
    """

    name: str
    submission: Submission | None = None
    told: tuple[Tried, ...] = ()
    refusal: FileRefused | None = None
    how: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class _Filing:
    """Who files what, when, and whether it counts."""

    agency: Agency
    item_code: str
    actor: User
    now: datetime
    today: date
    dry_run: bool

    def one(self, name: str, stream: IO[bytes], label: str = "") -> Outcome:
        """File one table; a refusal of the file is its outcome, everything else is the caller's."""
        when = {"now": self.now, "today": self.today}
        place = (self.agency, self.item_code, name, stream)
        try:
            if self.dry_run:
                rehearsal = services.rehearse(*place, actor=self.actor, **when)  # type: ignore[arg-type]  # By name.
                return Outcome(label or name, rehearsal.submission, tuple(rehearsal.told), how=rehearsal.how)
            return Outcome(label or name, services.submit(*place, actor=self.actor, **when))  # type: ignore[arg-type]  # By name.
        except FileRefused as refusal:
            return Outcome(label or name, refusal=refusal)

    def each(self, name: str, stream: IO[bytes]) -> Iterator[Outcome]:
        """File one upload: a table, or every table of a ZIP file."""
        if not bundles.is_bundle(stream):
            yield self.one(name, stream)
            return
        try:
            with bundles.opened(stream) as bundle:
                for member in bundle.names:
                    yield self._member(bundle, name, member)
        except FileRefused:
            # Filed as it is, it is refused for the same reason and leaves the line that every refused file leaves.
            stream.seek(0)
            yield self.one(name, stream)

    def _member(self, bundle: bundles.Bundle, name: str, member: str) -> Outcome:
        label = f"{services.safe_name(name)} › {member}"
        try:
            with bundle.open(member) as file:
                return self.one(member, file, label)
        except FileRefused as refusal:
            return Outcome(label, refusal=refusal)


def submit_many(
    agency: Agency,
    item_code: str,
    files: Iterable[NamedFile],
    *,
    actor: User,
    now: datetime,
    today: date,
    dry_run: bool = False,
) -> Iterator[Outcome]:
    """File uploads one by one and yield what became of each, ZIP files opened; streams must be seekable.

    A file that is refused is an outcome. What concerns all of them is raised before the first: NotPermitted,
    NotYourAgency, NotASource, NoItemInForce, ConsentNeeded.
    """
    check_may_submit(agency, actor)
    filing = _Filing(agency, item_code, actor, now, today, dry_run)
    for name, stream in files:
        yield from filing.each(name, stream)
