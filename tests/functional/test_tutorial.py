"""The tutorial “file your first month” tells the truth: its commands, files and counts, step by step."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client
from tests import factories as make

from chengxin.accounts.models import User
from chengxin.cli import setup
from chengxin.cli.main import main
from chengxin.cli.walk import people
from chengxin.intake import mending, receipts, resubmission, selectors, withdrawals
from chengxin.intake.models import Submission
from chengxin.intake.readers.read import read_bytes
from chengxin.registry.models import RecordVersion

pytestmark = pytest.mark.django_db
HOME = Path(settings.HOME)
TUTORIAL = HOME / "docs" / "tutorial" / "first-month.md"
FILES = HOME / "docs" / "tutorial" / "files"
ITEM = "JS-CF-01"
GREEN, FAR, SMALL = "91320199MB7700018Y", "91320199MB7700026R", "92320199MB7700034H"


@pytest.fixture
def text() -> str:
    return TUTORIAL.read_text(encoding="utf-8")


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch) -> User:
    """The demonstration's clerk, without the sample province around."""
    monkeypatch.setattr(setup, "demonstration", lambda *args, **options: None)
    monkeypatch.setattr("chengxin.ui.clock.now", lambda: make.NOW)
    monkeypatch.setattr("chengxin.ui.clock.today", lambda: make.TODAY)
    monkeypatch.chdir(HOME)
    make.law()
    return people.settle()[1]["transport"]


HOW_TO = HOME / "docs" / "how-to" / "withdraw-a-decision.md"


def blocks(text: str) -> list[list[str]]:
    """Return the lines of every fenced block."""
    return [found.strip().splitlines() for found in re.findall(r"^```\n(.*?)^```", text, re.M | re.S)]


def commands(text: str) -> list[list[str]]:
    """Return the arguments of every command of ours that a text types."""
    typed = [
        shlex.split(line) for block in blocks(text) for line in block if re.match(r"(\.venv/bin/)?chengxin ", line)
    ]
    return [words[1:] for words in typed]


def run(arguments: list[str], typed: str = "") -> str:
    result = CliRunner().invoke(main, arguments, input=typed)
    assert result.exit_code == 0, result.output
    return result.output


def sent(name: str, clerk: User) -> Submission:
    """File one of the tutorial's files with the command."""
    assert clerk.agency
    who = ["--item", ITEM, "--agency", clerk.agency.uscc, "--as", clerk.username, "--demo"]
    run(["intake", str(FILES / name), *who])
    return Submission.objects.get(filename=name)


def counts(submission: Submission) -> str:
    """Return the counts in the words and the order of the page, as the tutorial shows them."""
    submission.refresh_from_db()
    found = selectors.summary(submission)
    words = {"admitted": "已入库", "duplicate": "已有相同记录", "mended": "已重报", "returned": "退回"}
    return "   ".join(f"{word} {getattr(found, name)}" for name, word in words.items() if getattr(found, name))


def cells(submission: Submission, changed: dict[int, dict[str, str]], clerk: User) -> dict[int, dict[str, str]]:
    """Return new texts by row key and column key, from row numbers and headings."""
    rows = mending.still_wrong(submission)
    keys = {heading: str(at) for at, heading in enumerate(submission.headings)}
    return {
        row.pk: {keys[heading]: value for heading, value in changed[row.row_no].items()}
        for row in rows
        if row.row_no in changed
    }


def public(code: str) -> str:
    return Client().get(f"/organisations/{code}/").content.decode()


def test_the_commands_of_the_tutorial_answer_as_it_says(clerk: User, text: str, tmp_path: Path) -> None:
    assert clerk.agency and clerk.agency.uscc in text and clerk.display_name in text
    typed = commands(text)
    assert [arguments[0] for arguments in typed] == ["template", "intake", "quality"]
    typed[0][typed[0].index("november.xlsx")] = str(tmp_path / "november.xlsx")
    outputs = [run(arguments) for arguments in typed]
    told = next(block for block in blocks(text) if block[0].startswith("november.csv（试报"))
    for line in told:
        assert line.removesuffix("…").strip() in outputs[1]
    assert not Submission.objects.exists()
    sheet = openpyxl.load_workbook(tmp_path / "november.xlsx").worksheets[0]
    assert set(read_bytes((FILES / "november.csv").read_bytes()).headings) <= {cell.value for cell in sheet[1]}


def test_the_first_month_from_the_file_to_the_public_page(clerk: User, text: str, tmp_path: Path) -> None:
    november = sent("november.csv", clerk)
    assert counts(november) == "已入库 5   退回 2"
    assert text.count("已入库 5   退回 2") == 1
    views = selectors.in_words(november, selectors.rows(november))
    for row in views:
        for found in row.findings:
            assert re.search(rf"^\| {row.row_no} \| .*{re.escape(found.zh.rstrip('。').split('；')[0])}", text, re.M)
    assert sorted(row.row_no for row in views if row.findings) == [5, 6, 7, 8]
    mended = {6: {"罚款金额(万元)": "0.5"}, 7: {"证件号码": "329999199001011022"}}
    assert all(f"`{value}`" in text for row in mended.values() for value in row.values())
    changes = cells(november, mended, clerk)
    again, _ = mending.mend(november, changes, actor=clerk, now=make.NOW, today=make.TODAY)
    assert again is not None and counts(again) == "已入库 2"
    assert counts(november) == "已入库 5   已重报 2"
    again_by_command = run([word for word in commands(text)[1] if word != "--dry-run"])
    assert "received 7, 入库 admitted 5" in again_by_command and "已重报 mended 2" in again_by_command
    paper = tmp_path / "receipt.json"
    paper.write_text(json.dumps(receipts.receipt(november, now=make.NOW)), encoding="utf-8")
    assert verified(paper).startswith("通过：文书 HZ-")
    paper.write_text(paper.read_text().replace("admitted 5", "admitted 7"), encoding="utf-8")
    assert verified(paper).startswith("不通过 NOT SOUND")
    shown = [public(code) for code in (GREEN, FAR, SMALL)]
    where = [[at for at, page in enumerate(shown) if f"770{n}号" in page] for n in range(1, 8)]
    assert where == [[0], [1], [], [], [1], [], [0]]
    assert not any(name in page for page in shown for name in ("王示例", "李示例"))


def verified(paper: Path) -> str:
    command = [sys.executable, "verifier/chengxin_document.py", str(paper)]
    return subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False).stdout


def test_other_columns_a_correction_and_a_withdrawal(clerk: User, text: str) -> None:
    assert clerk.agency
    sent("november.csv", clerk)
    who = ["--item", ITEM, "--agency", clerk.agency.uscc, "--as", clerk.username, "--demo"]
    old = str(FILES / "old-system.csv")
    asked = [line for line in run(["mapping", "propose", old, *who]).splitlines() if line.startswith("?")]
    assert [line.split()[1] for line in asked] == ["内部流水", "作出日期"]
    run(["mapping", "confirm", old, *who, "--column", "作出日期=CF_JDRQ", "--column", "内部流水=-"])
    assert counts(sent("old-system.csv", clerk)) == "已入库 2"
    again = sent("november-again.csv", clerk)
    assert counts(again) == "已有相同记录 3   退回 1"
    assert counts(again) in text
    (row,) = resubmission.differences(again, resubmission.differing(again), actor=clerk)
    assert ("罚款金额(万元)", "0.8", "0.5") in [(each.zh, each.before, each.after) for each in row.changes]
    absent: Any = resubmission.absent(again)
    assert [each.row.row_no for each in absent.rows] == [8]
    resubmission.confirm(again, 3, "按决定书", number=1, actor=clerk, now=make.NOW, today=make.TODAY)
    assert "7708号" in public(GREEN)
    version = RecordVersion.objects.get(document_no="示交罚〔2026〕7708号")
    ground = withdrawals.Ground("revoked", make.TODAY.replace(day=19), "示复决〔2026〕3号", "复议机关撤销原决定")
    made = withdrawals.withdraw(version.record_id, ground, actor=clerk, now=make.NOW, today=make.TODAY)
    assert f"届满日：{made.due_on}" in text
    assert "7708号" not in public(GREEN)


def test_the_commands_of_other_column_names_do_what_the_how_to_says(clerk: User) -> None:
    assert clerk.agency
    old = str(FILES / "old-system.csv")
    known = {"FILE": old, "USCC": clerk.agency.uscc, "USER": clerk.username}
    typed = commands((HOME / "docs" / "how-to" / "new-mapping.md").read_text(encoding="utf-8"))
    said = []
    for line in typed:
        known["MAPPING"] = said[-1].split()[0] if said else ""
        said.append(run([known.get(word, word) for word in line] + ["--demo"]))
    assert [line[1] for line in typed] == ["propose", "confirm", "list", "revert"]
    expected = ("? 内部流水", "version 1", "使用中 in force", "restored from version 1")
    assert all(words in output for words, output in zip(expected, said, strict=True))
    assert counts(sent("old-system.csv", clerk)) == "已入库 2"


def test_the_commands_of_withdrawing_a_decision_do_what_the_how_to_says(clerk: User, tmp_path: Path) -> None:
    sent("november.csv", clerk)
    table = tmp_path / "撤回.csv"
    table.write_text(f"文号,主体代码,撤回原因,说明\n示交罚〔2026〕7701号,{GREEN},报送有误,报错了\n", encoding="utf-8")
    version = RecordVersion.objects.get(document_no="示交罚〔2026〕7701号")
    known = {"编号": str(version.record_id), "clerk": clerk.username, "撤回.csv": str(table)}
    typed = [line for line in commands(HOW_TO.read_text(encoding="utf-8")) if "ID" not in line and "NUMBER" not in line]
    typed = list(dict.fromkeys(map(tuple, typed)))  # The line of `find` is the same in both languages.
    said = [
        run([known.get(word, word) for word in line], "示交罚〔2026〕7701号\n") for line in typed if "FILE" not in line
    ]
    names = ("find", "withdraw", "undo", "withdraw-file", "correct", "lineage")
    assert [line[1] for line in typed if "FILE" not in line] == list(names)
    expected = ("在用 standing", "due 2026-11-24", "已恢复", "可以撤回 could be withdrawn 1", "1.5 → 0.8", "reinstated")
    assert all(words in output for words, output in zip(expected, said, strict=True))
