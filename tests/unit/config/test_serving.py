"""What the server loads can be loaded by a process that has done nothing else before."""

from __future__ import annotations

import subprocess
import sys


def test_a_fresh_process_loads_what_is_served() -> None:
    told = "from chengxin.config.serving import application; print(callable(application))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "True", done.stderr[-2000:]
