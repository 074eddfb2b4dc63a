"""Steps 1 to 3: the law is loaded, the province is generated, the departments' files become records."""

from __future__ import annotations

import csv
import json
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction

from chengxin.catalogue import lawbook
from chengxin.catalogue import services as catalogue
from chengxin.cli import setup
from chengxin.cli.sample import cast
from chengxin.cli.sample.province import generate
from chengxin.cli.sample.writing import write
from chengxin.cli.walk import people
from chengxin.cli.walk.stage import Stage
from chengxin.intake import selectors as intake_reading
from chengxin.intake import services as intake
from chengxin.registry.bulk import register_population
from chengxin.registry.subjects import PersonFacts, register_organisation
from chengxin.rules.identifiers.verdict import CodeKind

ITEMS = {"registration": "JS-DJ-01", "penalty": "JS-CF-01", "licence": "JS-XK-01", "honour": "JS-RY-01"}


def load_the_law(stage: Stage) -> None:
    """Step 1: migrate and load the catalogue."""
    setup.migrate()
    loaded = catalogue.load_law(stage.now)
    again = catalogue.load_law(stage.now)
    items = lawbook.items()
    stage.say(f"目录 {loaded.items} 项，参数 {len(lawbook.current().values)} 个", f"{loaded.items} catalogue items")
    for title, counts in (
        ("按公开属性 by publicity", Counter(item.publicity.value for item in items)),
        ("按依据 by instrument", Counter(item.basis[0].instrument for item in items)),
    ):
        shown = "，".join(f"{name} {count}" for name, count in counts.most_common(6))
        stage.say(f"{title}: {shown}")
    stage.expect(loaded.items >= 24, "目录项不少于 24", "at least 24 items")
    stage.expect(all(item.basis for item in items), "每一项都有依据", "every item has a legal basis")
    stage.expect(again.added == 0, "再次装载没有变化", "loading twice changes nothing")


def generate_the_province(stage: Stage) -> None:
    """Step 2: generate the province and settle its agencies, officers and base registers."""
    province = generate(stage.seed, stage.day, **stage.sizes)
    stage.cast["manifest"] = write(province, stage.folder)
    stage.cast["agencies"], stage.cast["users"] = people.settle()
    rows = sum(file["rows"] for file in stage.cast["manifest"]["files"])
    stage.say(
        f"单位 {len(stage.cast['agencies'])}，组织 {len(province.firms)}，"
        f"自然人 {len(province.people)}，数据 {rows} 行",
        f"{len(province.firms)} organisations, {len(province.people)} persons, {rows} rows, with a truth file",
    )
    persons = _base_registers(stage)
    stage.expect(persons == len(province.people), "人口基础库已建档，内容加密", "the persons' files are sealed")


def _base_registers(stage: Stage) -> int:
    """Load the population and the organisations that bore another name before."""
    with transaction.atomic():
        for row in _table(stage.folder / "organisations.csv"):
            if row["former"]:
                register_organisation(row["code"], row["former"], today=stage.day, now=stage.now)
                register_organisation(row["code"], row["name"], today=stage.day, now=stage.now)
        humans = (
            PersonFacts(CodeKind.CITIZEN_ID, row["number"], row["name"])
            for row in _table(stage.folder / "population.csv")
        )
        return register_population(humans, today=stage.day, now=stage.now)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def file_everything(stage: Stage) -> None:
    """Step 3: submit every department's CSV and XLSX, compare with the truth, and submit one again."""
    truth = json.loads((stage.folder / "truth.json").read_text(encoding="utf-8"))
    for plan in stage.cast["manifest"]["files"]:
        submission = _submit(stage, plan)
        _report(stage, plan, submission)
        _compare(stage, submission, truth[plan["filename"]])
    stage.cast["firm_file"] = stage.cast["manifest"]["files"][1]
    _again(stage, stage.cast["firm_file"])


def _submit(stage: Stage, plan: dict[str, Any]) -> Any:
    users, agencies = stage.cast["users"], stage.cast["agencies"]
    with (stage.folder / plan["filename"]).open("rb") as stream:
        return intake.submit(
            agencies[plan["office"]],
            ITEMS[plan["item"]],
            plan["filename"],
            stream,
            actor=users[plan["office"]],
            now=stage.now,
            today=stage.day,
        )


def _report(stage: Stage, plan: dict[str, Any], submission: Any) -> None:
    figures = intake_reading.summary(submission)
    stage.say(
        f"{plan['filename']}: 收到 {figures.received}，入库 {figures.admitted}，退回 {figures.returned}，"
        f"待人工判定 {figures.waiting}，重复 {figures.duplicate}",
        f"{submission.encoding or submission.kind}",
    )
    returned = intake_reading.rows(submission, "returned")[:1]
    for row in intake_reading.in_words(submission, returned):
        finding = row.findings[0]
        stage.say(f"    第 {row.row_no} 行：{finding.zh}{finding.remedy_zh}", finding.code)


def _compare(stage: Stage, submission: Any, truth: list[dict[str, str]]) -> None:
    """Hold the outcome of every single row against the truth file."""
    became = dict(intake_reading.states(submission))
    wrong = [
        (number, owed["dirt"], owed["outcome"], became.get(number))
        for number, owed in enumerate(truth, start=2)
        if became.get(number) != owed["outcome"]
    ]
    grouped = {dirt: len(list(rows)) for dirt, rows in groupby(sorted(wrong, key=lambda w: w[1]), key=lambda w: w[1])}
    stage.expect(not wrong, f"{len(truth)} 行的结果与真值逐行一致", f"all rows as the truth file says {grouped or ''}")


def _again(stage: Stage, plan: dict[str, Any]) -> None:
    before = intake_reading.admitted_count()
    submission = _submit(stage, plan)
    after = intake_reading.admitted_count()
    stage.expect(
        before == after and submission.settled_at is not None,
        "同一文件再报一次，什么都没有变",
        "the same file again changes nothing",
    )


def mandates(stage: Stage) -> None:
    """Give the story's people their accounts; they act for themselves and for their firm."""
    from chengxin.accounts.roles import Role
    from chengxin.registry import selectors as registry
    from chengxin.registry.subjects import give_mandate

    citizen = people.private("citizen", cast.CITIZEN.name, Role.CITIZEN)
    owner = people.private("owner", cast.OWNER.name, Role.ORGANISATION_REPRESENTATIVE)
    person = registry.find_person(CodeKind.CITIZEN_ID, cast.CITIZEN.number)
    firm = registry.find_organisation(cast.FIRM.code)
    assert person is not None and firm is not None
    give_mandate(citizen, person, stage.now)
    give_mandate(owner, firm, stage.now)
    stage.cast.update(citizen=citizen, owner=owner, person=person, firm=firm)
