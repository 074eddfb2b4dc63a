"""The table of permissions: alphabetical, complete, and every permission held by somebody."""

from __future__ import annotations

from chengxin.accounts.roles import PERMISSION_NAMES, PERMISSIONS, ROLE_NAMES, Permission, Role
from chengxin.rules.workflow_words import ROLES


def test_permissions_are_in_alphabetical_order() -> None:
    assert [p.name for p in Permission] == sorted(p.name for p in Permission)


def test_every_permission_and_role_is_named_in_both_languages() -> None:
    assert set(PERMISSION_NAMES) == set(Permission)
    assert set(ROLE_NAMES) == set(Role) == set(PERMISSIONS)
    assert all(all(pair) for pair in (*PERMISSION_NAMES.values(), *ROLE_NAMES.values()))


def test_every_permission_is_held_by_some_role() -> None:
    assert frozenset().union(*PERMISSIONS.values()) == set(Permission)


def test_the_rules_speak_of_the_same_roles_by_the_same_names() -> None:
    assert {code: names for code, names in ROLES.items() if code != "system"} == {r.value: ROLE_NAMES[r] for r in Role}


def test_nobody_who_reviews_also_decides_by_role() -> None:
    assert not any({Permission.REVIEW_CASE, Permission.DECIDE_CASE} <= held for held in PERMISSIONS.values())
