"""A procedure as a table: states, transitions, who may act, what must be met; and what can be read off the table."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from chengxin.rules.errors import Refusal
from chengxin.rules.workflow_words import NEEDS, ROLES


@dataclass(frozen=True, slots=True)
class State:
    """One standing of a case; ``final`` means that the case may rest here for good, even if a way on exists.

    ``rests`` means that nothing is due from any office: the case goes on when something happens outside it.
    """

    code: str
    zh: str
    en: str
    final: bool = False
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One lawful step: ``action`` leads from ``source`` to ``target`` for the named roles once every need is met."""

    action: str
    source: str
    target: str
    roles: frozenset[str]
    needs: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Workflow:
    """A whole procedure; its source and target states are codes of ``states``."""

    name: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    zh: str = ""
    en: str = ""

    def state(self, code: str) -> State:
        """Return the state with this code; raise UnknownState when the table has none."""
        for state in self.states:
            if state.code == code:
                return state
        raise UnknownState(
            f"流程“{self.zh or self.name}”没有状态“{code}”，请刷新后重试。",
            f'The procedure "{self.name}" has no state "{code}". Reload and try again.',
            state=code,
        )

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """Return the transitions that start in a state, in the order of the table."""
        return tuple(step for step in self.transitions if step.source == self.state(state).code)


class WorkflowRefusal(Refusal):
    """A step the table does not allow."""

    code = "workflow"


class UnknownState(WorkflowRefusal):
    """The case claims a state the table does not have."""

    code = "workflow-state"


class UnknownAction(WorkflowRefusal):
    """No transition of the table carries this action."""

    code = "workflow-action"


class NotInThisState(WorkflowRefusal):
    """The action exists, but does not start in the present state."""

    code = "workflow-not-now"


class NotThisRole(WorkflowRefusal):
    """The action is possible now, but for another role."""

    code = "workflow-role"


class NeedsUnmet(WorkflowRefusal):
    """The action is possible for this role once something still missing is there."""

    code = "workflow-needs"


def find(workflow: Workflow, state: str, action: str, role: str, met: Container[str] | None = None) -> Transition:
    """Return the transition for an action; raise the WorkflowRefusal that says why there is none.

    ``met`` holds the needs already satisfied; without it needs are not looked at, and the caller must see to them.
    """
    step = _step(workflow, state, action)
    if role not in step.roles:
        zh, en = _named(sorted(step.roles), ROLES)
        raise NotThisRole(
            f"“{step.zh or action}”须由以下角色办理：{zh}。",
            f'"{step.en or action}" is for: {en}.',
            action=action,
            role=role,
        )
    _check_needs(step, met)
    return step


def next_state(workflow: Workflow, state: str, action: str, role: str, met: Container[str] | None = None) -> str:
    """Return the code of the state an action leads to; raises as ``find`` does."""
    return find(workflow, state, action, role, met).target


def actions_for(workflow: Workflow, state: str, role: str) -> tuple[Transition, ...]:
    """Return what a role can do in a state, in the order of the table, whether or not its needs are met yet."""
    return tuple(step for step in workflow.leaving(state) if role in step.roles)


def _step(workflow: Workflow, state: str, action: str) -> Transition:
    for step in workflow.leaving(state):
        if step.action == action:
            return step
    named = [step for step in workflow.transitions if step.action == action]
    if not named:
        raise UnknownAction(
            f"流程“{workflow.zh or workflow.name}”没有“{action}”这一步。",
            f'The procedure "{workflow.name}" has no step "{action}".',
            action=action,
        )
    here, starts = workflow.state(state), [workflow.state(step.source) for step in named]
    zh, en = "、".join(start.zh for start in starts), ", ".join(start.en for start in starts)
    raise NotInThisState(
        f"现在是“{here.zh}”，不能办理“{named[0].zh or action}”；该步骤可在以下状态办理：{zh}。",
        f'The case is "{here.en}"; "{named[0].en or action}" starts from: {en}.',
        action=action,
        state=state,
    )


def _check_needs(step: Transition, met: Container[str] | None) -> None:
    missing = [need for need in step.needs if met is not None and need not in met]
    if missing:
        zh, en = _named(missing, NEEDS)
        raise NeedsUnmet(
            f"“{step.zh or step.action}”还缺：{zh}。",
            f'"{step.en or step.action}" still needs: {en}.',
            action=step.action,
            missing=tuple(missing),
        )


def _named(codes: Iterable[str], words: dict[str, tuple[str, str]]) -> tuple[str, str]:
    pairs = [words.get(code, (code, code)) for code in codes]
    return "、".join(zh for zh, _ in pairs), ", ".join(en for _, en in pairs)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of a table: a stable code and where it is."""

    code: str
    where: str


def check(
    workflow: Workflow, *, roles: Container[str] | None = None, needs: Container[str] | None = None
) -> tuple[Flaw, ...]:
    """Return every fault of a table: loose ends, unreachable states, dead ends, traps, ambiguity, unknown words.

    ``roles`` and ``needs`` are the words a table may use; without them spelling is not checked.
    """
    loose = tuple(_loose_ends(workflow))
    return loose or (*_words(workflow, roles, needs), *_ambiguous(workflow), *_shape(workflow))


def _loose_ends(workflow: Workflow) -> Iterator[Flaw]:
    codes = [state.code for state in workflow.states]
    yield from (Flaw("state-twice", code) for code in sorted({code for code in codes if codes.count(code) > 1}))
    used = [workflow.initial, *(end for step in workflow.transitions for end in (step.source, step.target))]
    yield from (Flaw("unknown-state", code) for code in dict.fromkeys(used) if code not in codes)


def _words(workflow: Workflow, roles: Container[str] | None, needs: Container[str] | None) -> Iterator[Flaw]:
    for step in workflow.transitions:
        where = f"{step.source}/{step.action}"
        if not step.roles:
            yield Flaw("nobody-may", where)
        yield from (Flaw("unknown-role", where) for role in step.roles if roles is not None and role not in roles)
        yield from (Flaw("unknown-need", where) for need in step.needs if needs is not None and need not in needs)


def _ambiguous(workflow: Workflow) -> Iterator[Flaw]:
    seen: set[tuple[str, str]] = set()
    for step in workflow.transitions:
        key = (step.source, step.action)
        if key in seen:
            yield Flaw("two-ways", f"{step.source}/{step.action}")
        seen.add(key)


def _shape(workflow: Workflow) -> Iterator[Flaw]:
    reached = reachable(workflow, [workflow.initial])
    for state in workflow.states:
        if state.code not in reached:
            yield Flaw("unreachable", state.code)
        if state.final:
            continue
        if not workflow.leaving(state.code):
            yield Flaw("dead-end", state.code)
        elif not any(workflow.state(code).final for code in reachable(workflow, [state.code])):
            yield Flaw("no-way-out", state.code)


def reachable(workflow: Workflow, start: Iterable[str]) -> frozenset[str]:
    """Return the codes of every state that can follow from the given ones, themselves included."""
    found, open_codes = set(start), list(start)
    while open_codes:
        for step in workflow.leaving(open_codes.pop()):
            if step.target not in found:
                found.add(step.target)
                open_codes.append(step.target)
    return frozenset(found)


def diagram(workflow: Workflow, *, roles: dict[str, str] | None = None) -> str:
    """Return the table as a Mermaid state diagram with Chinese labels; ``roles`` gives the name of each role."""
    names = roles or {}
    lines = ["stateDiagram-v2", *(f'    state "{state.zh}" as {state.code}' for state in workflow.states)]
    lines.append(f"    [*] --> {workflow.initial}")
    for step in workflow.transitions:
        who = "、".join(names.get(role, role) for role in sorted(step.roles))
        lines.append(f"    {step.source} --> {step.target}: {step.zh or step.action}（{who}）")
    lines += [f"    {state.code} --> [*]" for state in workflow.states if state.final]
    return "\n".join(lines) + "\n"
