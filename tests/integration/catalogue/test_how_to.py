"""The commands of the how-to, taken from its own text and run in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from tests import factories as make

from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook, overlay
from chengxin.cli import catalogue
from chengxin.cli.main import main

pytestmark = pytest.mark.django_db
TEXT = Path("docs/how-to/new-item.md").read_text(encoding="utf-8")


@pytest.fixture
def people(settings) -> Iterator[None]:
    settings.DEMO_DAY = "2026-11-20"
    make.law()
    overlay.put(overlay.Overlay())
    for name, role in (("centre", Role.CENTRE_OPERATOR), ("reviewer", Role.REVIEWER), ("decider", Role.DECIDER)):
        make.user(name, role)
    yield
    overlay.put(overlay.Overlay())


def test_the_how_to_renames_a_column(people, tmp_path) -> None:
    _serve, yaml, commands = re.findall(r"```(?:yaml)?\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "rename.yaml").write_text(yaml, encoding="utf-8")
    said = ""
    for line in commands.strip().splitlines():
        mark = re.search(r"impact (\S{36})", said)
        words = line.replace("MARK", mark[1] if mark else "").replace("rename.yaml", str(tmp_path / "rename.yaml"))
        # The commands stand on the demonstration's folder; here they run on the test's own database.
        with patch.object(catalogue, "start", lambda _demo: None):
            done = CliRunner().invoke(main, words.split()[1:])
        assert done.exit_code == 0, f"{line}: {done.output}"
        said += done.output
    assert "1 layout CF in_force 2026-11-20" in said
    assert lawbook.layout("cf").get("CF_JDRQ").zh == "决定作出日"


def test_a_refusal_is_a_sentence(people, tmp_path) -> None:
    (tmp_path / "bad.yaml").write_text("layout: {layout: CF, operation: rename, field: CF_JDRQ}", encoding="utf-8")
    with patch.object(catalogue, "start", lambda _demo: None):
        done = CliRunner().invoke(
            main, ["catalogue", "propose", str(tmp_path / "bad.yaml"), "--why", "x", "--as", "centre"]
        )
    assert done.exit_code == 1 and "heading" in done.output and "Traceback" not in done.output
