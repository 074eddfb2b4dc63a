"""Work beside the worker: one process at a time, not too often, and it ends with the worker."""

from __future__ import annotations

import pytest

from chengxin.cli.beside import Beside


class Clock:
    """Seconds that pass when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_it_is_started_when_due_and_not_again_before_its_time(clock):
    beside = Beside(["--help"], least=20, seconds=clock)
    assert beside.step(lambda: False) == 0
    assert beside.step(lambda: True) == 1
    beside._process.wait()
    assert beside.step(lambda: True) == 0
    clock.now = 20.0
    assert beside.step(lambda: True) == 1
    beside._process.wait()


def test_there_is_one_at_a_time_and_it_ends_with_the_worker(clock):
    beside = Beside([], least=0, seconds=clock)
    beside._command = [beside._command[0], "-c", "import time; time.sleep(60)"]
    assert [beside.step(lambda: True) for _ in range(2)] == [1, 0]
    assert beside.running
    beside.end()
    assert not beside.running
    beside.end()
