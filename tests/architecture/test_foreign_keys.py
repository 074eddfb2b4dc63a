"""What import-linter cannot see: foreign keys given as strings run downhill too, and leave nothing behind uphill."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

ROOT = Path(__file__).resolve().parents[2]
OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("chengxin.")]


def floors() -> dict[str, int]:
    """Return the floor of every room, the ground being the greatest number."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    return {room.strip(" ()"): floor for floor, layer in enumerate(layers) for room in layer.split("|")}


KEYS = [
    field
    for label in OURS
    for model in apps.get_app_config(label).get_models()
    for field in model._meta.get_fields()
    if isinstance(field, ForeignKey) and field.related_model._meta.app_label in OURS
]
BETWEEN_ROOMS = [key for key in KEYS if key.model._meta.app_label != key.related_model._meta.app_label]


def test_there_are_keys_to_look_at() -> None:
    assert len(BETWEEN_ROOMS) > 10


@pytest.mark.parametrize("key", BETWEEN_ROOMS, ids=str)
def test_a_foreign_key_runs_downhill(key: ForeignKey) -> None:
    floor = floors()
    assert floor[key.model._meta.app_label] < floor[key.related_model._meta.app_label]


@pytest.mark.parametrize("key", BETWEEN_ROOMS, ids=str)
def test_a_foreign_key_leaves_no_reverse_accessor_in_a_lower_room(key: ForeignKey) -> None:
    assert key.remote_field.hidden
