"""Synthetic persons and organisations with valid check characters in unassigned divisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from chengxin.cli.sample import words
from chengxin.rules.identifiers.citizen import citizen_check_char
from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import uscc_check_char

ORG_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Human:
    """A synthetic adult."""

    name: str
    number: str

    @property
    def old_number(self) -> str | None:
        """Return the 15-digit number an older certificate would bear, for those born in the 1900s."""
        return self.number[:6] + self.number[8:17] if self.number[6:8] == "19" else None


@dataclass(frozen=True)
class Firm:
    """A synthetic organisation or individual business; ``former`` is a name it has given up."""

    name: str
    code: str
    representative: Human
    kind: str = "法人及非法人组织"
    former: str | None = None


def citizen_number(rng: Random, born: date) -> str:
    """Return an 18-character identity number in an unassigned division."""
    first = f"{rng.choice(words.REGIONS)}{born:%Y%m%d}{rng.randrange(1, 999):03d}"
    return first + citizen_check_char(first)


def uscc(rng: Random, pair: str, region: str = "320199") -> str:
    """Return a unified social credit code whose outer and inner check characters both fit."""
    inner = "MA" + "".join(rng.choice(ORG_CHARACTERS) for _ in range(6))
    first = pair + region + inner + org_check_char(inner)
    return first + uscc_check_char(first)


def legacy_code(rng: Random) -> str:
    """Return a code of the early Xiamen series: its inner code fits, its last character does not."""
    inner = "M0001" + "".join(rng.choice(ORG_CHARACTERS) for _ in range(3))
    first = "91350203" + inner + org_check_char(inner)
    right = uscc_check_char(first)
    return first + rng.choice([c for c in ORG_CHARACTERS if c != right])


def person_name(rng: Random) -> str:
    """Return a name of two to four characters."""
    surname = rng.choice(words.COMPOUND_SURNAMES) if rng.random() < 0.03 else rng.choice(words.SURNAMES)
    return surname + "".join(rng.choice(words.GIVEN) for _ in range(rng.choice((1, 2, 2))))


def humans(rng: Random, count: int, today: date) -> list[Human]:
    """Return adults with distinct numbers; about one in forty shares the name of the one before."""
    found: dict[str, Human] = {}
    name = person_name(rng)
    while len(found) < count:
        name = name if rng.random() < 0.025 else person_name(rng)
        born = today - timedelta(days=rng.randrange(19 * 366, 80 * 365))
        number = citizen_number(rng, born)
        found.setdefault(number, Human(name, number))
    return list(found.values())


def firm_name(rng: Random) -> str:
    """Return a company name made of a place, a brand and a trade."""
    brand = "".join(rng.sample(words.BRANDS, 2))
    return f"{rng.choice(words.PLACES)}{brand}{rng.choice(words.TRADES)}{rng.choice(words.ENDINGS)}"


def firms(rng: Random, count: int, people: list[Human]) -> list[Firm]:
    """Return organisations and some individual businesses; a few have been renamed, a few bear a legacy code."""
    found: dict[str, Firm] = {}
    while len(found) < count:
        firm = _shop(rng, people) if rng.random() < 0.1 else _company(rng, people)
        found.setdefault(firm.code, firm)
    return list(found.values())


def _company(rng: Random, people: list[Human]) -> Firm:
    code = legacy_code(rng) if rng.random() < 0.01 else uscc(rng, "91")
    former = firm_name(rng) if rng.random() < 0.04 else None
    return Firm(firm_name(rng), code, rng.choice(people), former=former)


def _shop(rng: Random, people: list[Human]) -> Firm:
    owner = rng.choice(people)
    name = f"{rng.choice(words.PLACES)}{''.join(rng.sample(words.BRANDS, 2))}{rng.choice(words.SHOPS)}"
    return Firm(name, uscc(rng, "92"), owner, kind="个体工商户")
