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

SHORT = {"objection": ("异议", "Objection"), "restoration": ("信用修复", "Restoration")}
"""What people call a kind where its table has a longer name."""


def kind_name(kind: str) -> tuple[str, str]:
    """Return what a kind of case is called, in Chinese and English, by its own table."""
    flow = workflow_of(kind)
    return SHORT.get(kind) or (flow.zh, flow.en[:1].upper() + flow.en[1:])


def workflow_of(kind: str) -> Workflow:
    """Return the workflow of a kind of case."""
    if kind not in WORKFLOWS:
        raise UnknownKind(f"没有“{kind}”这类办件。", f'There is no case of the kind "{kind}".', kind=kind)
    return WORKFLOWS[kind]
