"""Which workflow table governs which kind of case."""

from __future__ import annotations

from chengxin.cases.numbers import UnknownKind
from chengxin.rules.workflow import Workflow
from chengxin.rules.workflows.bankruptcy import BANKRUPTCY
from chengxin.rules.workflows.erasure import ERASURE
from chengxin.rules.workflows.objection import OBJECTION
from chengxin.rules.workflows.restoration import RESTORATION

WORKFLOWS: dict[str, Workflow] = {
    "bankruptcy": BANKRUPTCY,
    "erasure": ERASURE,
    "objection": OBJECTION,
    "restoration": RESTORATION,
}


def workflow_of(kind: str) -> Workflow:
    """Return the workflow of a kind of case."""
    if kind not in WORKFLOWS:
        raise UnknownKind(f"没有“{kind}”这类办件。", f'There is no case of the kind "{kind}".', kind=kind)
    return WORKFLOWS[kind]
