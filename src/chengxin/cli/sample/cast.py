"""The people and firms whose story the walk tells; the rows are as clean as their department makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chengxin.cli.sample.agencies import BY_KEY
from chengxin.cli.sample.people import Firm, Human
from chengxin.cli.sample.rows import Row, penalty_row

CITIZEN = Human("沈清和", "320199198002290012")
OWNER = Human("顾望舒", "329999197001011146")
FIRM = Firm("栖云望舒食品有限公司", "91320199MA00000156", OWNER)
NAMESAKE = Human("沈清和", "320199199912310021")

WRONG, RIPENING, ENDING = "9001", "9002", "9003"
"""Document serials: a fine with a wrong amount, one that reaches its earliest date, one that reaches its last day."""


@dataclass(frozen=True)
class Scene:
    """The days of the story."""

    today: date

    @property
    def ripening_decided(self) -> date:
        """Return the decision date whose three months are over five days from now."""
        return _months_before(self.today + timedelta(days=5), 3)

    @property
    def ending_decided(self) -> date:
        """Return the decision date whose year is over ten days from now."""
        return _months_before(self.today + timedelta(days=10), 12)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


def firm_rows(today: date) -> list[Row]:
    """Return the firm's three penalties as the transport department files them."""
    office, scene = BY_KEY["transport"], Scene(today)
    said = ("超限运输货物", "依据公路安全保护规定", ("罚款",))
    return [
        penalty_row(FIRM, office, today - timedelta(days=6), int(WRONG), *said, "5"),
        penalty_row(FIRM, office, scene.ripening_decided, int(RIPENING), *said, "1.2"),
        penalty_row(FIRM, office, scene.ending_decided, int(ENDING), *said, "0.8"),
    ]


def citizen_rows(today: date) -> list[Row]:
    """Return one penalty about the citizen and one about a namesake with another number."""
    office, said = BY_KEY["transport"], ("未经许可从事道路客运", "依据道路运输管理规定", ("罚款",))
    return [
        penalty_row(CITIZEN, office, today - timedelta(days=5), 9101, *said, "0.5"),
        penalty_row(NAMESAKE, office, today - timedelta(days=5), 9102, *said, "0.3"),
    ]
