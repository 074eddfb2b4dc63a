"""Five years, day by day: on no day is any record shown before its notice or after its end, in any output (C13, C17).

Every day the sets behind all outputs are compared with the oracle of ``tests.five_years``; on every day on which
something begins or ends, and on the days before and after, the outputs themselves are read, pages over HTTP included.
Half of the records are made to stand on the edges of the law, half are rows of the generated province, its people and
its firms. ``CHENGXIN_FIVE_YEARS=600`` plays 600 records of each half; the number may be any.
Without it the sets are compared on every day on which something begins or ends, the day before and after, and every
seventh day; of each such three days the outputs themselves are read on one.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests import factories, stages
from tests.five_years import (
    DAY,
    FIRST,
    ITEMS,
    KINDS,
    LAST,
    Fact,
    Owner,
    Standing,
    boundaries,
    days,
    group_of,
    province,
    standing,
    told_counts,
)
from tests.generated_province import generated

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.disclosure import authorisations, daily_reads, feed, own_file, public_figures, publication, report
from chengxin.disclosure.models import Recipient
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.services import Enquiry, disclose
from chengxin.registry import erasing, hiding, hot, selectors
from chengxin.registry import services as registry
from chengxin.registry.models import Cause, RecordVersion, Subject, SubjectKind
from chengxin.registry.subjects import register_organisation
from chengxin.rights import daily_figures, objections, restoration
from chengxin.rights.eligibility import NotYetRestorable
from chengxin.rules import small_counts
from chengxin.rules.identifiers.citizen import citizen_check_char
from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import uscc_check_char
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.ui import clock

SIZE = int(os.environ.get("CHENGXIN_FIVE_YEARS", len(KINDS)))
WHOLE = "CHENGXIN_FIVE_YEARS" in os.environ
GENERATED = int(os.environ.get("CHENGXIN_FIVE_YEARS", 24))
TOKEN = re.compile(r"示罚〔2026〕(\d{5})号")
EVERYTHING = {"positive", "negative", "neutral"}
LISTS = {"JS-YZ-01", "JS-SF-01", "JS-SW-01"}
PARTNER_ITEMS = {"JS-CF-01", "JS-YZ-01", "JS-SF-01"}
NAMES = "云望舒清和南星子衿既明"


def just_after_midnight(day: date) -> datetime:
    """Return a moment whose date in UTC is still the day before, so that a date taken in the wrong zone shows."""
    return datetime.combine(day, time(0, 5), ZoneInfo("Asia/Shanghai"))


@dataclass
class Play:
    """The province as the product holds it, and how far it has been played."""

    facts: list[Fact]
    subjects: dict[Owner, Subject]
    codes: dict[Owner, str]
    names: dict[Owner, str]
    users: dict[Owner, User]
    officer: User
    recipient: Recipient
    clerk: User
    reviewer: User
    decider: User
    cases: dict[int, Case] = field(default_factory=dict)
    records: dict[int, UUID] = field(default_factory=dict)
    told: dict[date, list[tuple[Fact, Standing]]] = field(default_factory=dict)

    def shown(self, day: date, channel: str, owner: Owner | None = None) -> list[Fact]:
        """Return the facts the oracle lets a channel show."""
        if day not in self.told:
            self.told = {day: [(fact, standing(fact, day)) for fact in self.facts]}
        return [fact for fact, now in self.told[day] if getattr(now, channel) and owner in (None, fact.owner)]

    def ids(self, facts: list[Fact]) -> set[UUID]:
        return {self.records[fact.number] for fact in facts}


@pytest.fixture
def play(db: None) -> Play:
    factories.law()
    facts = province(SIZE)
    facts += generated(GENERATED, len(facts))
    owners = sorted({fact.owner for fact in facts}, key=_order)
    unit, taker = factories.agency(), factories.agency(factories.OTHER_AGENCY)
    codes, names = {o: _code(o) for o in owners}, {o: _name(o) for o in owners}
    subjects = {o: _register(o, codes[o], names[o]) for o in owners}
    users = {o: factories.citizen(subjects[o], f"{o.kind}-{turn}") for turn, o in enumerate(owners)}
    officer = factories.user("officer", Role.ENQUIRER, of=unit)
    recipient = feed.contract(taker, "supervision", "GX-5", since=FIRST, until=LAST + DAY)
    staff = (
        factories.user("clerk", Role.SOURCE_CLERK, of=unit),
        factories.user("reviewer", Role.REVIEWER),
        factories.user("decider", Role.DECIDER),
    )
    return Play(facts, subjects, codes, names, users, officer, recipient, *staff)


def _order(owner: Owner) -> tuple[str, int, str]:
    return owner.kind, owner.number, owner.code


def _code(owner: Owner) -> str:
    if owner.code:
        return owner.code
    if owner.is_person:
        first = f"32019919391104{owner.number:03d}"  # Older than anybody whom the generator makes.
        return first + citizen_check_char(first)
    inner = f"MA{'5' if owner.kind == 'organisation' else '6'}{owner.number:05d}"
    first = f"{'91' if owner.kind == 'organisation' else '92'}320199{inner}{org_check_char(inner)}"
    return first + uscc_check_char(first)


def _name(owner: Owner) -> str:
    if owner.name:
        return owner.name
    letters = NAMES[owner.number % len(NAMES)] + NAMES[owner.number // len(NAMES) % len(NAMES)]
    return f"沈{letters}" if owner.is_person else f"{letters}{owner.kind[:3]}示例商行"


def _register(owner: Owner, code: str, name: str) -> Subject:
    if owner.is_person:
        return factories.person(code, name)
    return register_organisation(code, name, today=FIRST, now=just_after_midnight(FIRST), kind=SubjectKind(owner.kind))


# --- What happens in the province -------------------------------------------------------------------------------------


def happen(play: Play, day: date) -> None:
    """Let everything of one day happen through the registry's own acts, early in the day."""
    now = just_after_midnight(day)
    for fact in play.facts:
        if fact.admitted == day:
            play.records[fact.number] = admit(play, fact, now)
        for when, what in fact.happenings:
            if when == day:
                take_place(play, fact, what, day, now)


def admit(play: Play, fact: Fact, now: datetime) -> UUID:
    """Admit one fact on its day."""
    placed = registry.admit_records(
        [
            factories.draft(
                play.subjects[fact.owner],
                item=fact.item,
                decided=fact.decided,
                content=content(fact),
                document_no=fact.token,
                authority_name=fact.authority,
                on=fact.publicised or fact.admitted,
                law_on=fact.admitted,
            )
        ],
        now=now,
    )[0]
    assert placed is not None
    return placed


def content(fact: Fact) -> dict[str, Any]:
    """Return content whose running text names the record too, so that its content is looked for and not its number."""
    valid = fact.valid_until.isoformat() if fact.valid_until else ""
    layout = {"CF": "cf", "XK": "xk", "RY": "ry" if fact.item == "JS-RY-01" else "generic", "DJ": "jbxx"}
    match layout.get(fact.item.split("-")[1], "generic"):
        case "cf":
            return {**factories.penalty_content(category=fact.kinds), "CF_WFXW": f"见{fact.token}"}
        case "xk":
            return {"XK_NR": f"见{fact.token}", "XK_YXQZI": valid}
        case "ry":
            return {"RY_MC": f"见{fact.token}", "RY_YXQ": valid}
        case "jbxx":
            return {"ENTNAME": f"见{fact.token}"}
        case _:
            return {"TY_MC": f"见{fact.token}", **({"TY_YXQ": valid} if valid else {})}


def take_place(play: Play, fact: Fact, what: str, day: date, now: datetime) -> None:
    """Let one thing happen to a record; what people ask for goes through their own cases while there is a calendar."""
    record = play.records[fact.number]
    if what in ("objected", "objection_withdrawn"):
        object_or_withdraw(play, fact, what, day, now)
    elif what == "erased":
        erasing.wipe_record(record, ref="办件", now=now)
    elif what == "restored" and can_file(day) and restore_by_case(play, fact, day):
        return
    elif what == "link_suspended":
        registry.suspend_link(record, ref="办件", now=now)
    elif what == "link_confirmed":
        registry.confirm_link(record, ref="办件", now=now)
    elif what == "resumed":
        hiding.show_again(record, ref="办件", now=now)
    elif what == "reinstated":
        registry.reinstate_record(record, ref="办件", now=now)
    elif what.startswith("corrected:"):
        registry.correct_record(record, {"CF_CFLB": what.removeprefix("corrected:")}, ref="办件", now=now, today=day)
    else:
        registry.end_record(record, Cause(what), ref="办件", now=now)


def can_file(day: date) -> bool:
    """Tell whether anything can be filed on a day: its time limits must end where the calendar of working days does."""
    return (day + 40 * DAY).year in lawbook.calendar().years


def object_or_withdraw(play: Play, fact: Fact, what: str, day: date, now: datetime) -> None:
    """File an objection, or withdraw it; what may be shown of the record is the same before and after."""
    if not can_file(day):
        return
    actor, record = play.users[fact.owner], play.records[fact.number]
    if what == "objected":
        play.cases[fact.number] = objections.file(record, actor=actor, grounds="wrong", text="不对", now=now, today=day)
    elif fact.number in play.cases:
        stages.take(play.cases[fact.number], "withdraw", actor, day=day)


def restore_by_case(play: Play, fact: Fact, day: date) -> bool:
    """Restore a record through its whole case, and tell whether the law lets it be restored already."""
    actor, record = play.users[fact.owner], play.records[fact.number]
    papers = stages.application(duty_performed_on=fact.decided)
    try:
        case = restoration.apply(record, papers, actor=actor, now=just_after_midnight(day), today=day)
    except NotYetRestorable:
        return False
    for action, who in (("accept", play.clerk), ("verify", play.clerk)):
        stages.take(case, action, who, day=day)
    stages.take(case, "propose", play.reviewer, day=day, outcome="approved", note="条件均已满足。")
    stages.take(case, "approve", play.decider, day=day, note="同意。")
    return True


# --- What every day must show -----------------------------------------------------------------------------------------


def check_sets(play: Play, day: date) -> None:
    """Compare the sets behind every output, and the counts that are told, with the law."""
    subjects = play.subjects
    openly = selectors.published(day).order_by().prefetch_related(None).values_list("record_id", flat=True)
    assert set(openly) == play.ids(play.shown(day, "open")), day
    used = selectors.in_use([subject.id for subject in subjects.values()], day).order_by().prefetch_related(None)
    assert set(used.values_list("record_id", flat=True)) == play.ids(play.shown(day, "use")), day
    # The hot read is asked about one subject a day in turn, and about all whom the day concerns further below.
    turn = sorted(subjects, key=_order)[day.toordinal() % len(subjects)]
    check_hot_read(play, turn, day)
    assert dict(publication.statistics(day)) == expected_counts(play, day), day


def check_hot_read(play: Play, owner: Owner, day: date) -> None:
    """Compare what every enquiry and report is made from with the law."""
    subject = play.subjects[owner].id
    read = {row.record for row in hot.standing(subject, day)}
    own = {row.record for row in hot.standing(subject, day, suspended=True)}
    assert read == play.ids(play.shown(day, "use", owner)), (day, owner)
    assert own == play.ids(play.shown(day, "own", owner)), (day, owner)


def expected_counts(play: Play, day: date) -> dict[str, int | None]:
    """Return the counts of published records of organisations, small ones hidden."""
    shown = Counter(group_of(fact.item) for fact in play.shown(day, "open") if not fact.owner.is_person)
    return told_counts({group: shown[group] for group in publication.GROUPS})


def expected_figures(play: Play, day: date) -> Mapping[str, int | None]:
    """Return the counts by heading; all hidden when the records, counted another way, leave a small rest."""
    facts = [fact for fact in play.shown(day, "open") if not fact.owner.is_person]
    groups = dict.fromkeys(publication.GROUPS, 0) | Counter(group_of(fact.item) for fact in facts)
    first = day.year * 12 + day.month - lawbook.current().integer(public_figures.MONTHS, day)
    begun = [fact.publicised or fact.admitted for fact in facts]
    months = Counter(f"{on:%Y-%m}" if on.year * 12 + on.month > first else "earlier" for on in begun)
    cities = Counter(play.codes[fact.owner][2:6] for fact in facts)
    tables = (groups, Counter(fact.item for fact in facts), months, cities)
    if any(small_counts.published(table).total is None for table in tables):
        return dict.fromkeys(groups)
    return small_counts.published(groups).cells


def tokens(*texts: Any) -> set[int]:
    """Return the numbers of the records that any of the texts, or any field of the answers, names."""
    whole = (text if isinstance(text, str) else json.dumps(text, default=_whole, ensure_ascii=False) for text in texts)
    return {int(number) for text in whole for number in TOKEN.findall(text)}


def _whole(value: Any) -> Any:
    # What a dataclass leaves out of its ``repr`` is in an answer all the same.
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def numbers(facts: list[Fact], natures: set[str] = EVERYTHING) -> set[int]:
    return {fact.number for fact in facts if ITEMS[fact.item].nature in natures}


def check_open_lists(play: Play, day: date) -> None:
    """Read every page of the newest list, and everything the feed would give."""
    everyones = [fact for fact in play.shown(day, "open") if not fact.owner.is_person]
    page, rows = publication.latest("all", day), set()
    while True:
        rows |= tokens(page.rows)
        if not page.cursor:
            break
        page = publication.latest("all", day, page.cursor)
    assert rows == numbers(everyones), day
    now, cursor, given = just_after_midnight(day), 0, set()
    feed.collect(now, day)
    while (batch := feed.pull(play.recipient, cursor, now=now, today=day)).count:
        given, cursor = given | tokens(batch.body), batch.next_cursor
    assert given == numbers(everyones, {"negative", "neutral"}), day


def check_owner(play: Play, owner: Owner, day: date) -> None:
    """Read everything that can be asked about one subject."""
    now, subject, user = just_after_midnight(day), play.subjects[owner].id, play.users[owner]
    used, own = play.shown(day, "use", owner), play.shown(day, "own", owner)
    check_hot_read(play, owner, day)
    assert tokens(own_file.read(subject, user, now=now, today=day).held) == numbers(own), (day, owner)
    made = report.build_own(subject, user, now=now, today=day)
    assert tokens(made.as_json()) == numbers(used), (day, owner)
    assert report.verify(made.number, made.verify_code, day).validity == "valid"
    to_court = [fact for fact in used if ITEMS[fact.item].reach != "authorised"]
    by_court = report.build(enquiry(play, owner, "litigation"), now=now, today=day)
    assert tokens(by_court.as_json()) == numbers(to_court), (day, owner)
    listed = [fact for fact in used if fact.item in LISTS]
    screened = disclose(enquiry(play, owner, "screening"), now=now, today=day)
    assert (screened.hit, screened.count) == (bool(listed), len(listed)), (day, owner)
    assert tokens(screened.rows) <= numbers(listed), (day, owner)
    partner = disclose(allowed(play, owner, day), now=now, today=day)
    assert (partner.hit, partner.rows) == (any(fact.item in PARTNER_ITEMS for fact in used), ()), (day, owner)


def enquiry(play: Play, owner: Owner, purpose: str, **changed: Any) -> Enquiry:
    """Return an enquiry about a subject under the first article of its purpose."""
    parts: dict[str, Any] = {"statute": str(lawbook.purpose(purpose, FIRST).basis[0]), "matter_no": "示办〔2026〕1号"}
    return Enquiry(
        actor=play.officer,
        purpose=purpose,
        subject_kind=owner.kind,
        code_kind=CodeKind.CITIZEN_ID if owner.is_person else CodeKind.USCC,
        code=play.codes[owner],
        name=play.names[owner],
        **{**parts, **changed},
    )


def allowed(play: Play, owner: Owner, day: date) -> Enquiry:
    """Return an enquiry under an authorisation for one use, whose answer is yes or no."""
    now, kind = just_after_midnight(day), CodeKind.CITIZEN_ID if owner.is_person else CodeKind.USCC
    items = tuple(sorted(PARTNER_ITEMS))
    ask = authorisations.Ask("contract_partner", kind, play.codes[owner], play.names[owner], items, once=True)
    asked = authorisations.ask(ask, play.officer, now=now, today=day)
    authorisations.grant(asked.pk, play.users[owner], now=now, today=day)
    return enquiry(play, owner, "contract_partner", statute="", authorisation_id=asked.pk)


def check_pages(play: Play, owners: set[Owner], day: date) -> None:
    """Read the pages and the API of the day over HTTP, as anyone and as the subjects concerned."""
    openly = play.shown(day, "open")
    with clock.moved_to(day):
        public_figures.make(now=just_after_midnight(day), today=day)  # As the daily round does.
        home = Client().get("/")
        told = {figure["href"].rpartition("=")[2]: figure["value"] for figure in home.context["stats"]}
        assert told == {g: "不公布" if c is None else c for g, c in expected_figures(play, day).items()}, day
        newest = read(("/latest/", "/api/v1/latest")[day.toordinal() % 2])  # Both in turn, to save time.
        assert tokens(newest) <= numbers([fact for fact in openly if not fact.owner.is_person]), day
        for owner in owners:
            if not owner.is_person:
                mine = numbers([fact for fact in openly if fact.owner == owner])
                for place in ("/organisations/{}/", "/api/v1/organisations/{}"):
                    assert tokens(read(place.format(play.codes[owner]))) == mine, (day, owner, place)
            check_own_pages(play, owner, day)


def read(path: str) -> Any:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.json() if "json" in answer["Content-Type"] else answer.content.decode()


def check_own_pages(play: Play, owner: Owner, day: date) -> None:
    """Read the subject's own page; the report was read without HTTP the same day, and its page by the canary."""
    browser = Client()
    browser.force_login(play.users[owner])
    shown = browser.get("/mine/").content.decode()
    assert tokens(shown) == numbers(play.shown(day, "own", owner)), (day, owner)


def check_public_figures(play: Play, _owners: set[Owner], day: date) -> None:
    """Compute the day's public figures as the day's work does; they are of that day and name no record at all."""
    kept = daily_figures.make(now=just_after_midnight(day), today=day)
    daily_reads.make(now=just_after_midnight(day), today=day)
    assert kept.figures.as_of == day
    with clock.moved_to(day):
        page = Client().get("/transparency/")
    assert page.context["as_of"] == day
    assert not tokens(page.content.decode()), day


def check_owners(play: Play, owners: set[Owner], day: date) -> None:
    """Read everything that can be asked about the subjects of the day."""
    for owner in owners:
        check_owner(play, owner, day)


def check_lists(play: Play, _owners: set[Owner], day: date) -> None:
    """Read what everybody may read."""
    check_open_lists(play, day)


def check_screening(play: Play, _owners: set[Owner], day: date) -> None:
    """Screen everybody for a matter that reaches every kind of subject; only lists in use may answer."""
    hits = screen([subject.id for subject in play.subjects.values()], "honours", day)
    found = {hit.record for each in hits.values() for hit in each}
    lists = set(lawbook.matter("honours", day).lists)
    assert found == play.ids([fact for fact in play.shown(day, "use") if fact.item in lists]), day


OUTPUTS = (check_lists, check_owners, check_pages, check_public_figures, check_screening)
"""What is read on every day on which something begins or ends; a new kind of output is added here."""


@pytest.mark.slow
def test_no_record_is_shown_before_its_notice_or_after_its_end_on_any_day_of_five_years(play: Play) -> None:
    near = boundaries(play.facts)
    for day in days():
        happen(play, day)
        if WHOLE or day in near or day.toordinal() % 7 == 0:
            check_sets(play, day)
        if day in near and (WHOLE or day.toordinal() % 3 == 0):
            for check in OUTPUTS:
                check(play, near[day], day)


def test_the_walk_notices_a_record_shown_one_day_too_long(play: Play) -> None:
    """The comparison itself can fail: were every end one day earlier, it would say so."""
    fines = [each for each in play.facts if each.item == "JS-CF-01"]
    first = min(each.admitted for each in fines if standing(each, each.admitted).open)
    play.facts = [replace(each, happenings=()) for each in play.facts if each.admitted <= first]
    for day in sorted({each.admitted for each in play.facts}):
        happen(play, day)
    open_fine = next(each for each in play.shown(first, "open") if each.item == "JS-CF-01")
    version = RecordVersion.objects.get(record_id=play.records[open_fine.number])
    last = version.use_until
    assert last is not None
    check_sets(play, last)
    earlier = [replace(each, decided=each.decided - DAY) for each in play.facts]
    with pytest.raises(AssertionError):
        check_sets(replace(play, facts=earlier, told={}), last)
