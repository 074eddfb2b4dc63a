"""A server process loads what its first visitor would wait for, and says what is missing."""

from __future__ import annotations

import pytest
from tests import factories

from chengxin.config import warming
from chengxin.registry import name_search
from chengxin.registry.name_search import NameIndex

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def untouched(monkeypatch):
    """The connection of the test stays open, as no server's does."""
    monkeypatch.setattr(warming.connection, "close", lambda: None)


def index(tmp_path, monkeypatch, small: int) -> NameIndex:
    made = NameIndex(tmp_path / "names", small)
    monkeypatch.setattr(name_search, "_INDEX", made)
    return made


def test_a_small_register_is_filed_before_anybody_searches(tmp_path, monkeypatch):
    factories.firm()
    made = index(tmp_path, monkeypatch, 10)
    assert warming.warm_up() == ""
    assert made.size > 0


def test_a_large_register_without_an_index_is_told_to_the_operator(tmp_path, monkeypatch):
    factories.firm()
    made = index(tmp_path, monkeypatch, 0)
    assert "chengxin work" in warming.warm_up()
    assert made.keep() == 1
    assert warming.warm_up() == ""
