"""Putting the province together: who lives there, which files its departments send, and what is true of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from chengxin.cli.sample import cast, dirt, rows
from chengxin.cli.sample.agencies import BY_KEY, Office
from chengxin.cli.sample.people import Firm, Human, firms, humans
from chengxin.cli.sample.rows import Party, Row

Maker = Callable[[Random, int, Party, Office, date, date], Row]
DIRTY_SHARE, DUPLICATE_SHARE, FORMER_SHARE = 0.06, 0.004, 0.5


@dataclass(frozen=True)
class Plan:
    """One file of a department: its name, the catalogue item it reports under, its shape and how many rows."""

    office: str
    item: str
    prefix: str
    filename: str
    share: float
    encoding: str = "utf-8-sig"


PLANS = (
    Plan("transport", "penalty", "CF", "行政处罚_交通.csv", 0.15, "gb18030"),
    Plan("market", "penalty", "CF", "行政处罚_市监.xlsx", 0.13),
    Plan("environment", "penalty", "CF", "行政处罚_生态环境.csv", 0.12),
    Plan("market", "licence", "XK", "行政许可_市监.csv", 0.20),
    Plan("transport", "licence", "XK", "行政许可_交通.xlsx", 0.15),
    Plan("housing", "licence", "XK", "行政许可_住建.csv", 0.10, "gb18030"),
    Plan("civility", "honour", "RY", "表彰荣誉.csv", 0.15),
)


@dataclass
class File:
    """A department's file: rows in order, and the truth about each."""

    plan: Plan
    rows: list[Row] = field(default_factory=list)
    truth: list[dict[str, str]] = field(default_factory=list)

    def add(self, row: Row, outcome: str = dirt.ADMITTED, name: str = "clean", code: str = "") -> None:
        """Add a row with what must come of it."""
        self.rows.append(row)
        self.truth.append({"outcome": outcome, "dirt": name, "code": code})


@dataclass
class Province:
    """Everything that was generated."""

    seed: int
    today: date
    people: list[Human]
    firms: list[Firm]
    files: list[File]


def generate(
    seed: int, today: date, *, people: int = 5000, organisations: int = 2000, records: int = 20000
) -> Province:
    """Return the same province for the same seed and day."""
    rng = Random(seed)  # noqa: S311 — a province is repeatable by its seed; nothing here is a secret.
    population = [cast.CITIZEN, cast.OWNER, cast.NAMESAKE, *humans(rng, people - 3, today)]
    companies = [cast.FIRM, *firms(rng, organisations - 1, population)]
    files = [_basics(rng, companies, today)]
    files += [_file(rng, plan, population, companies, today, round(plan.share * records)) for plan in PLANS]
    return Province(seed, today, population, companies, files)


def _basics(rng: Random, companies: list[Firm], today: date) -> File:
    made = File(Plan("market", "registration", "JBXX", "登记基本信息.csv", 0))
    for firm in companies:
        made.add(rows.basics(rng, firm, BY_KEY["market"], today))
    return made


MAKERS: dict[str, Maker] = {"CF": rows.penalty, "XK": rows.licence, "RY": rows.honour}


def _file(rng: Random, plan: Plan, people: list[Human], companies: list[Firm], today: date, count: int) -> File:
    made = File(plan)
    for row in _story(plan, today):
        made.add(row)
    number = 0
    while len(made.rows) < count:
        number += 1
        row = _clean(rng, plan, number, people, companies, today)
        if rng.random() < DIRTY_SHARE:
            _add_spoiled(rng, made, row)
        else:
            made.add(row)
        if rng.random() < DUPLICATE_SHARE:
            made.add(dict(made.rows[-1]), *_again(made.truth[-1]))
    return made


def _story(plan: Plan, today: date) -> Iterator[Row]:
    if (plan.office, plan.item) == ("transport", "penalty"):
        yield from cast.firm_rows(today)
        yield from cast.citizen_rows(today)


def _clean(rng: Random, plan: Plan, number: int, people: list[Human], companies: list[Firm], today: date) -> Row:
    # Honours of persons are entered only after they opted in, so the honours file speaks of organisations alone.
    personal = plan.prefix != "RY" and rng.random() < 0.35
    party: Party = rng.choice(people[3:]) if personal else rng.choice(companies[1:])
    decided = today - timedelta(days=rng.randrange(1, 330))
    row = MAKERS[plan.prefix](rng, number, party, BY_KEY[plan.office], decided, today)
    if isinstance(party, Firm) and party.former and rng.random() < FORMER_SHARE:
        row[f"{plan.prefix}_XDR_MC"] = party.former
    return row


def _add_spoiled(rng: Random, made: File, row: Row) -> None:
    kind = rng.choice(dirt.KINDS)
    if kind.spoil(rng, row, made.plan.prefix):
        made.add(row, kind.outcome, kind.name, kind.code)
    else:
        made.add(row)


def _again(truth: dict[str, str]) -> tuple[str, str, str]:
    """Say what is owed for a repeated row: a faulty row stays faulty, any other is returned as a duplicate."""
    if truth["outcome"] == dirt.RETURNED:
        return truth["outcome"], truth["dirt"], truth["code"]
    return dirt.RETURNED, "repeated_row", "file.duplicate"
