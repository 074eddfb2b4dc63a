"""The catalogue desk as tests use it: three people, and the whole procedure in one call."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from chengxin.accounts.roles import Role
from chengxin.catalogue import change_reading, changes, selectors
from chengxin.catalogue.models import Change
from chengxin.catalogue.services import as_json
from chengxin.monitoring import catalogue_impact
from tests import factories as make
from tests.factories import NOW, TODAY

LATER = TODAY + timedelta(days=31)
BASIS = [{"instrument": "示例省公共信用信息条例", "article": "第九条", "rank": "local_regulation"}]


class Desk:
    """Three people and the procedure in one call each."""

    def __init__(self) -> None:
        self.author = make.user("author", Role.CENTRE_OPERATOR)
        self.checker = make.user("checker", Role.REVIEWER)
        self.decider = make.user("decider", Role.DECIDER)

    def propose(self, content: dict[str, Any]) -> Change:
        return changes.propose(content, "部门来函", actor=self.author, now=NOW, today=TODAY)

    def act(self, change: Change, action: str, actor: Any, day: date = TODAY) -> Change:
        return changes.act(change.id, action, "已核对", actor=actor, now=NOW, today=day)

    def to_comment(self, content: dict[str, Any]) -> Change:
        change = self.propose(content)
        self.act(change, "submit", self.author)
        return self.act(change, "pass", self.checker)

    def approve(self, change: Change, day: date, actor: Any = None) -> Change:
        seen = str(catalogue_impact.shown(change_reading.change(change.id), now=NOW, today=day).pk)
        return catalogue_impact.approve(
            change.id, "同意", seen, actor=actor or self.decider, now=NOW, today=day
        )  # fmt: skip

    def in_force(self, content: dict[str, Any], day: date = LATER) -> Change:
        return self.approve(self.to_comment(content), day)


def as_it_stands(code: str) -> dict[str, Any]:
    """Return an item of the law files as a form or a file gives it."""
    present = selectors.definition_of(selectors.version_in_force(code, TODAY))
    return {key: value for key, value in as_json(present).items() if value is not None and key != "scope"}
