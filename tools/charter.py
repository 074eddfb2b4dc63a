"""The charter's lines, each with the test that keeps it or the part of the product it waits for."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests" / "charter"

LINES: dict[str, tuple[str, str]] = {
    "C01": ("没有生效的目录项就没有记录，目录项必须有依据", "No record without an item in force; no item without a legal basis"),
    "C02": ("禁止采集的内容对管理员也一样拒绝", "Prohibited content is refused even to an administrator"),
    "C03": ("收入、存款、有价证券、商业保险、不动产和纳税数额须本人书面同意", "Income, deposits and the like need written consent"),
    "C04": ("未成年人和非完全行为能力人没有信用档案", "Minors and persons without full capacity have no file"),
    "C05": ("投诉、评价、机器发现和举报只是线索", "A complaint, rating, machine finding or report is a lead, never a record"),
    "C06": ("不凭姓名把失信信息关联到自然人", "Nothing negative is attached to a person on a name"),
    "C07": ("每个关联都写明证据等级，有争议即中止", "Every link stores its evidence; a contested link is suspended"),
    "C08": ("没有依据就没有答复", "No basis, no answer"),
    "C09": ("没有存证就没有答复", "No leaf, no answer"),
    "C10": ("本人可免费看到每一次对其档案的读取", "The subject sees every read of their file, free, with proof"),
    "C11": ("自然人不进公开门户，除非法律要求公开", "Persons are not on the open portal unless a law orders it"),
    "C12": ("授权按接收方和用途分开，有期限，一键撤回", "Consent is per recipient and purpose, ends, and is withdrawn in one action"),
    "C13": ("期满的记录不出现在任何答复里", "Past its period a record is in no answer of any kind"),
    "C14": ("修复是一个行为三个效果", "Restoration is one act with three effects, each with its receipt"),
    "C15": ("修复和异议免费，写明所依规则和救济途径", "Restoration and objection are free, cite the rule and name the remedy"),
    "C16": ("有争议的记录在每个答复里都有标注", "Every answer with a disputed record says so"),
    "C17": ("不利记录生效之前或同时告知主体", "The subject is told of a negative record before or when it takes effect"),
    "C18": ("措施须在清单、有依据、有决定、已送达、有期限", "A measure needs a listed entry, basis, decision, served notice and end"),
    "C19": ("没有告知、陈述、答复和决定就不列入名单", "Nobody is listed without notice, hearing, answer and decision"),
    "C20": ("拦截只是给人的建议", "Interception is advice to a person"),
    "C21": ("积分只给自愿加入的成年人，只激励", "Points are opt-in, for adults, and bring benefits only"),
    "C22": ("不给人排名、评级或预测", "No ranking, grading or prediction of persons"),
    "C23": ("重大影响的决定不得完全自动作出", "No significant decision is solely automatic"),
    "C24": ("日志只增不改，任何改动都能被任何人发现", "The ledger is append-only and anyone can detect a change"),
    "C25": ("审核与决定不同人，回避本人和本单位", "Reviewer and decider differ; nobody handles their own matter"),
    "C26": ("不导出整档，统计隐去小数", "No export of whole files; small counts are suppressed"),
    "C27": ("秘密、证件号码和个人内容不进日志、网址、错误页和存证叶", "Secrets and personal content never reach logs, URLs, errors or leaves"),
    "C28": ("删除即销毁密钥，存证仍可核验", "Erasure destroys the key; proofs still verify"),
}  # fmt: skip

WAITING: dict[str, str] = {
    "C19": "lists of serious dishonesty, with their own procedure (supervision)",
    "C20": "screening and interception (disclosure at full width)",
    "C21": "points (supervision)",
}
"""Lines that no code can break yet, with the part of the product from which they will be enforced."""


def tests_of(line: str) -> list[str]:
    """Return the test files named after a line."""
    return sorted(path.name for path in TESTS.glob(f"test_{line.lower()}_*.py"))


def table() -> str:
    """Return the reference page."""
    rows = [
        "# 宪章与测试 · The charter and its tests",
        "",
        "| 条 | 内容 | Invariant | 由谁守护 kept by |",
        "|---|---|---|---|",
    ]
    for line, (zh, en) in LINES.items():
        keeper = (
            "、".join(f"`tests/charter/{name}`" for name in tests_of(line))
            or f"enforced from: {WAITING.get(line, '?')}"
        )
        rows.append(f"| {line} | {zh} | {en} | {keeper} |")
    return "\n".join(rows) + "\n"


def faults() -> list[str]:
    """Return lines with neither a test nor a stated reason, lines with both, and tests of no line."""
    missing = [f"{line}: no test and no stated part" for line in LINES if not tests_of(line) and line not in WAITING]
    double = [f"{line}: has a test, take it off the waiting list" for line in WAITING if tests_of(line)]
    known = tuple(f"test_{line.lower()}_" for line in LINES)
    stray = [f"{path.name}: no such line" for path in TESTS.glob("test_*.py") if not path.name.startswith(known)]
    return missing + double + stray


def main() -> int:
    """Print the faults and return 1 when there are any."""
    found = faults()
    print("\n".join(found) or f"{sum(bool(tests_of(line)) for line in LINES)} of {len(LINES)} lines have tests")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
