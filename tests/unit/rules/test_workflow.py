"""What can be read off a table, on a small made-up procedure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chengxin.rules import workflow as w
from chengxin.rules.workflow import State, Transition, Workflow

ROLES = {"clerk": ("经办员", "clerk"), "head": ("负责人", "head")}

SMALL = Workflow(
    "small",
    "open",
    (State("open", "已开", "open"), State("done", "已毕", "done", final=True)),
    (Transition("finish", "open", "done", frozenset({"clerk"}), ("reason",), "办毕", "finish"),),
    "小流程",
)


def test_an_allowed_step_leads_on() -> None:
    assert w.next_state(SMALL, "open", "finish", "clerk") == "done"
    assert w.next_state(SMALL, "open", "finish", "clerk", met={"reason"}) == "done"


@pytest.mark.parametrize(
    ("state", "action", "role", "met", "refusal"),
    [
        ("nowhere", "finish", "clerk", None, w.UnknownState),
        ("open", "vanish", "clerk", None, w.UnknownAction),
        ("done", "finish", "clerk", None, w.NotInThisState),
        ("open", "finish", "head", None, w.NotThisRole),
        ("open", "finish", "clerk", set(), w.NeedsUnmet),
    ],
)
def test_every_refusal_has_its_own_type_and_code(
    state: str, action: str, role: str, met: set[str] | None, refusal: type[w.WorkflowRefusal]
) -> None:
    with pytest.raises(w.WorkflowRefusal) as caught:
        w.next_state(SMALL, state, action, role, met)
    assert type(caught.value) is refusal
    assert caught.value.code == refusal.code
    assert caught.value.zh and caught.value.en


def test_refusals_say_what_to_do_in_words() -> None:
    with pytest.raises(w.NotInThisState) as caught:
        w.next_state(SMALL, "done", "finish", "clerk")
    assert caught.value.zh == "现在是“已毕”，不能办理“办毕”；该步骤可在以下状态办理：已开。"
    with pytest.raises(w.NeedsUnmet) as unmet:
        w.next_state(SMALL, "open", "finish", "clerk", met=())
    assert unmet.value.zh == "“办毕”还缺：说明理由。"
    assert unmet.value.facts["missing"] == ("reason",)


def test_actions_for_a_role() -> None:
    assert [step.action for step in w.actions_for(SMALL, "open", "clerk")] == ["finish"]
    assert w.actions_for(SMALL, "open", "head") == ()
    with pytest.raises(w.UnknownState):
        w.actions_for(SMALL, "nowhere", "clerk")


def test_a_sound_table_has_no_flaw() -> None:
    assert w.check(SMALL, roles=ROLES, needs={"reason"}) == ()


def _with(**changes: object) -> Workflow:
    return replace(SMALL, **changes)  # type: ignore[arg-type]


_LONELY = State("lonely", "孤立", "lonely")
_STEP = SMALL.transitions[0]


@pytest.mark.parametrize(
    ("table", "flaw"),
    [
        (_with(initial="nowhere"), ("unknown-state", "nowhere")),
        (_with(transitions=(replace(_STEP, target="gone"),)), ("unknown-state", "gone")),
        (_with(states=(*SMALL.states, SMALL.states[0])), ("state-twice", "open")),
        (_with(states=(*SMALL.states, _LONELY)), ("unreachable", "lonely")),
        (_with(states=(*SMALL.states, _LONELY)), ("dead-end", "lonely")),
        (_with(transitions=(_STEP, _STEP)), ("two-ways", "open/finish")),
        (_with(transitions=(replace(_STEP, roles=frozenset()),)), ("nobody-may", "open/finish")),
        (_with(transitions=(replace(_STEP, roles=frozenset({"ghost"})),)), ("unknown-role", "open/finish")),
        (_with(transitions=(replace(_STEP, needs=("magic",)),)), ("unknown-need", "open/finish")),
        (_with(transitions=(replace(_STEP, target="open"),)), ("no-way-out", "open")),
    ],
)
def test_each_kind_of_flaw_is_found(table: Workflow, flaw: tuple[str, str]) -> None:
    assert w.Flaw(*flaw) in w.check(table, roles=ROLES, needs={"reason"})


def test_the_diagram_is_made_from_the_table() -> None:
    assert w.diagram(SMALL, roles={"clerk": "经办员"}) == (
        "stateDiagram-v2\n"
        '    state "已开" as open\n'
        '    state "已毕" as done\n'
        "    [*] --> open\n"
        "    open --> done: 办毕（经办员）\n"
        "    done --> [*]\n"
    )
