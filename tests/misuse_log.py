"""A made-up log of reads with planted misuse, each planted read labelled; same seed, same log. Nobody in it is real.

Ordinary life is in it too, for it is what a rule must not mistake: matters with several subjects, colleagues who take
a matter over, long matters, a unit that is busy as a whole, holidays, people who are new.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from chengxin.rules.misuse import household, own_file, repeated, spike, wrong_case
from chengxin.rules.misuse.shapes import Finding, Limits, Look

FIRST, DAYS = date(2026, 9, 21), 60
LIMITS = Limits(10, 731, 60, 20, 20, 20, 4, 35)
KINDS = ("self", "household", "wrong_case", "spike", "repeated")


@dataclass
class Log:
    """All reads by day, who is tied to whom, and for each planted read which kind of misuse it belongs to."""

    days: dict[date, list[Look]]
    ties: dict[tuple[UUID, UUID], str]
    labels: dict[UUID, str]
    events: dict[str, list[set[UUID]]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class _World:
    chance: random.Random
    log: Log
    units: list[UUID]
    actors: dict[UUID, list[UUID]]
    pace: dict[UUID, float]
    matters: dict[UUID, list[tuple[str, UUID, list[UUID]]]]
    act: int = 0
    number: int = 0

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def matter(self, unit: UUID, actor: UUID, day: date, subjects: int = 1) -> tuple[str, UUID, list[UUID]]:
        """Open a matter of a unit for some subjects."""
        self.number += 1
        word = "苏" + "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"[self.units.index(unit)] + "办"
        opened = (f"{word}〔{day.year}〕{self.number}号", actor, [self.uuid() for _ in range(subjects)])
        self.matters[unit].append(opened)
        return opened

    def look(self, unit: UUID, actor: UUID, day: date, matter: str, subject: UUID, label: str = "") -> Look:
        """Write one read down, labelled when it is planted."""
        self.act += 1
        made = Look(self.uuid(), self.act, day, float(self.act), actor, unit, "licensing", matter, subject)
        self.log.days[day].append(made)
        if label:
            self.log.labels[made.access] = label
        return made


def made(seed: int = 7, *, units: int = 8, people: int = 6, planted: bool = True) -> Log:
    """Return a log of sixty days; without planting it is the negative control."""
    chance = random.Random(seed)
    world = _World(chance, Log(defaultdict(list), {}, {}), [], {}, {}, defaultdict(list))
    world.units = [world.uuid() for _ in range(units)]
    world.actors = {unit: [world.uuid() for _ in range(people)] for unit in world.units}
    world.pace = {actor: chance.uniform(4, 24) for actors in world.actors.values() for actor in actors}
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        if day.weekday() < 5:
            for unit in world.units:
                _ordinary(world, unit, day)
    if planted:
        _plant(world)
    for day, looks in world.log.days.items():
        looks.sort(key=lambda look: look.order)
        assert all(look.day == day for look in looks)
    return world.log


def _ordinary(world: _World, unit: UUID, day: date) -> None:
    chance = world.chance
    busy = 2.5 if chance.random() < 0.02 else 1.0  # A whole unit at a campaign.
    for actor in world.actors[unit]:
        if chance.random() < 0.08:
            continue
        wanted = int(chance.gauss(world.pace[actor] * busy, (world.pace[actor] * busy) ** 0.5))
        while wanted > 0:
            wanted -= _piece(world, unit, actor, day)


def _piece(world: _World, unit: UUID, actor: UUID, day: date) -> int:
    """Do one ordinary piece of work and return how many reads it took."""
    chance, open_ones = world.chance, world.matters[unit][-60:]
    dice = chance.random()
    if dice < 0.06 and open_ones:  # A colleague takes over and reads the same subjects under the same number.
        number, _opener, subjects = chance.choice(open_ones)
        world.look(unit, actor, day, number, chance.choice(subjects))
        return 1
    if dice < 0.0605 and open_ones:  # A colleague adds a subject to a running matter: honest, and flagged all the same.
        number, _opener, subjects = chance.choice(open_ones)
        subjects.append(world.uuid())
        world.look(unit, actor, day, number, subjects[-1])
        return 1
    number, _opener, subjects = world.matter(unit, actor, day, 1 if dice < 0.9 else chance.randint(2, 8))
    for subject in subjects:
        world.look(unit, actor, day, number, subject)
    return len(subjects)


def _plant(world: _World) -> None:
    chance, days = world.chance, sorted(world.log.days)
    late = days[25:]
    for _ in range(30):
        unit, actor = _somebody(world)
        own, kin = world.uuid(), world.uuid()
        world.log.ties[actor, own] = "self"
        world.log.ties[actor, kin] = chance.choice(["agent", "guardian", "relative", "same_agent"])
        for kind, subject in (("self", own), ("household", kin)):
            day = chance.choice(late)
            number, _opener, _subjects = world.matter(unit, actor, day)
            _event(world, kind, [world.look(unit, actor, day, number, subject, kind)])
    for _ in range(40):
        _borrowed(world, chance.choice(late))
    for _ in range(20):
        unit, actor = _somebody(world)
        _stalk(world, unit, actor, chance.randint(20, len(days) - 14), days)
    for unit in (*world.units, *world.units):
        actor, day = chance.choice(world.actors[unit]), chance.choice(late)
        amount = int(world.pace[actor] * 4 + 60)
        looks = [
            world.look(unit, actor, day, world.matter(unit, actor, day)[0], world.uuid(), "spike")
            for _ in range(amount)
        ]
        _event(world, "spike", looks)


def _borrowed(world: _World, day: date) -> None:
    """Plant a number that belongs to a colleague's matter, to another unit, or to a year long gone."""
    chance = world.chance
    unit, actor = _somebody(world)
    kind = chance.choice(["colleague", "unit", "year"])
    if kind == "year":
        number = f"苏旧办〔{day.year - 5}〕{chance.randint(1, 999)}号"
    else:
        of = unit if kind == "colleague" else chance.choice([each for each in world.units if each != unit])
        began = {look.matter_no for looks in (world.log.days[d] for d in world.log.days if d < day) for look in looks}
        known = [m for m in world.matters[of] if m[1] != actor and m[0] in began]
        number = chance.choice(known)[0]
    looks = [world.look(unit, actor, day, number, world.uuid(), "wrong_case") for _ in range(chance.randint(1, 4))]
    _event(world, "wrong_case", looks)


def _stalk(world: _World, unit: UUID, actor: UUID, start: int, days: list[date]) -> None:
    subject, looks = world.uuid(), list[Look]()
    for day in sorted(world.chance.sample(days[start : start + 14], 6)):
        number = world.matter(unit, actor, day)[0]
        looks.append(world.look(unit, actor, day, number, subject, "repeated"))
    _event(world, "repeated", looks)


def _somebody(world: _World) -> tuple[UUID, UUID]:
    unit = world.chance.choice(world.units)
    return unit, world.chance.choice(world.actors[unit])


def _event(world: _World, kind: str, looks: list[Look]) -> None:
    world.log.events[kind].append({look.access for look in looks})


def judged(log: Log, limits: Limits = LIMITS) -> list[Finding]:
    """Put every day of a log to the rules, as the daily run does, and return what is new of each."""
    found: dict[str, Finding] = {}
    numbers: dict[str, list[Look]] = defaultdict(list)
    subjects: dict[UUID, list[Look]] = defaultdict(list)
    history: dict[UUID, list[int]] = {}
    for day in sorted(log.days):
        looks = log.days[day]
        uses = [use for number in {look.matter_no for look in looks} for use in numbers[number]]
        seen = [old for subject in {look.subject for look in looks if look.subject} for old in subjects[subject]]
        for finding in (
            *own_file.find(looks, log.ties),
            *household.find(looks, log.ties),
            *wrong_case.find(looks, uses, limits),
            *spike.find(looks, history, limits),
            *repeated.find(looks, seen, limits),
        ):
            found.setdefault(finding.key, finding)
        for look in looks:
            numbers[look.matter_no].append(look)
            if look.subject:
                subjects[look.subject].append(look)
        spike.next_history(history, looks)
    return list(found.values())


@dataclass(frozen=True)
class Score:
    """Of what a rule found, how much was planted; of what was planted, how much it found."""

    tickets: int
    right: int
    planted: int
    found: int

    @property
    def precision(self) -> float:
        return self.right / self.tickets if self.tickets else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0


def scores(log: Log, findings: list[Finding]) -> dict[str, Score]:
    """Return the score of each rule against the labels."""
    made: dict[str, Score] = {}
    for kind in KINDS:
        mine = [finding for finding in findings if finding.rule == kind]
        named = {access for finding in mine for access in finding.accesses}
        right = sum(any(log.labels.get(access) == kind for access in finding.accesses) for finding in mine)
        events = log.events[kind]
        made[kind] = Score(len(mine), right, len(events), sum(bool(event & named) for event in events))
    return made


def shuffled(log: Log, seed: int = 1) -> Log:
    """Return the same log with its labels dealt out by chance: no rule may look good against these."""
    chance = random.Random(seed)
    every = [look.access for looks in log.days.values() for look in looks]
    dealt = dict(zip(chance.sample(every, len(log.labels)), log.labels.values(), strict=True))
    events: dict[str, list[set[UUID]]] = defaultdict(list)
    for access, kind in dealt.items():
        events[kind].append({access})
    return replace(log, labels=dealt, events=events)
