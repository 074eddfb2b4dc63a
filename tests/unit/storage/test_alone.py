"""One process at a time under a file."""

from __future__ import annotations

import pytest

from chengxin.storage.alone import Busy, alone


def test_who_comes_second_is_refused_and_afterwards_anyone_may(tmp_path):
    path = tmp_path / "deep" / "lock"
    with alone(path), pytest.raises(Busy), alone(path):
        raise AssertionError("two at once")
    with alone(path):
        pass
