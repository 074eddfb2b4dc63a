"""C22: no ranking of persons, no grade of persons, no prediction about persons."""

from __future__ import annotations

import json
import re

import pytest
from django.apps import apps

from chengxin.api.schema import document
from chengxin.catalogue import lawbook
from chengxin.rules.report_layouts import EVALUATION_CLASS

JUDGING = re.compile(r"score|rating|rank|grade|level|tier|stars|predict|probab|分数|评分|等级|星级|排名", re.IGNORECASE)

ABOUT_RECORDS_NOT_PERSONS = {
    ("registry", "recordversion", "grade"): "the law grades the act of dishonesty, not who did it (Order 36)",
    ("rights", "outreach", "grade"): "the grade of the act whose repair is offered",
    ("supervision", "measure", "basis_rank"): "the rank of a legal instrument",
    ("ledger", "tile", "level"): "the level of a node in the Merkle tree",
}
IN_THE_API = {"grade"}


def fields() -> list[tuple[str, str, str]]:
    """Return every stored field of our own rooms whose name could hold a judgement."""
    return [
        (model._meta.app_label, model._meta.model_name or "", field.name)
        for config in apps.get_app_configs()
        if config.name.startswith("chengxin.")
        for model in config.get_models()
        for field in model._meta.concrete_fields
        if JUDGING.search(field.name)
    ]


def names(node: object) -> set[str]:
    """Return every property name in a schema."""
    if isinstance(node, list):
        return set().union(*map(names, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = set(node.get("properties", {})) if isinstance(node.get("properties"), dict) else set()
    return own.union(*(names(value) for value in node.values()))


def test_no_stored_field_judges_a_person() -> None:
    assert set(fields()) <= set(ABOUT_RECORDS_NOT_PERSONS), "a field that judges needs its reason here"


def test_the_list_of_reasons_is_not_longer_than_the_fields() -> None:
    assert set(ABOUT_RECORDS_NOT_PERSONS) <= set(fields())


def test_no_answer_of_the_api_judges_a_person() -> None:
    found = {name for name in names(json.loads(json.dumps(document()))) if JUDGING.search(name)}
    assert found <= IN_THE_API


@pytest.mark.parametrize("item", [i for i in lawbook.items() if "评价" in i.zh], ids=lambda i: i.code)
def test_evaluation_is_for_enterprises_only(item: object) -> None:
    assert "person" not in item.subject_kinds


def test_no_report_about_a_person_has_a_section_of_evaluations() -> None:
    layouts = [each for each in lawbook.report_layouts() if "person" in each.subject_kinds]
    assert layouts and not any(EVALUATION_CLASS in part.classes for each in layouts for part in each.sections)
    for kind in ("person", "individual_business"):
        assert "evaluation" not in {part.code for part in lawbook.report_layout(kind).shown_to(kind)}


def test_subjects_are_never_ordered_by_what_stands_against_them() -> None:
    for name in ("subject", "person", "organisation"):
        assert not apps.get_model("registry", name)._meta.ordering
