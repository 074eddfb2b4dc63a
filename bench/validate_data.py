"""A synthetic penalty file: persons only in region 320199, which is assigned to nobody; about 3 % of rows are bad."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from chengxin.rules.identifiers.citizen import citizen_check_char
from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import CHARACTERS, uscc_check_char

TODAY = date(2026, 11, 22)
COLUMNS = (
    *(
        "CF_XDR_MC",
        "CF_XDR_LB",
        "CF_XDR_SHXYM",
        "CF_XDR_GSZC",
        "CF_XDR_ZZJG",
        "CF_XDR_SWDJ",
        "CF_XDR_SYDW",
        "CF_XDR_SHZZ",
    ),
    *("CF_FRDB", "CF_FR_ZJLX", "CF_FR_ZJHM", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ"),
    *("CF_CFLB", "CF_NR", "CF_NR_FK", "CF_NR_WFFF", "CF_NR_ZKDX", "CF_JDRQ", "CF_YXQ", "CF_GSJZQ", "CF_CFJG"),
    *("CF_CFJGDM", "CF_SJLY", "CF_SJLYDM", "BZ"),
)
BAD_SHARE = 0.03
_POOL = 50_000
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵周吴", "伟芳娜敏静强磊洋勇军杰娟涛超明"
_TRADES = ("餐饮", "建材", "物流", "科技", "商贸", "食品")


def uscc(chance: random.Random, prefix: str = "91320199") -> str:
    """Return a code whose both checks fit."""
    body = "MA" + "".join(chance.choices(CHARACTERS, k=6))
    first17 = prefix + body + org_check_char(body)
    return first17 + uscc_check_char(first17)


def citizen(chance: random.Random) -> str:
    """Return an adult's number in a region that does not exist."""
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(18_000))
    first17 = f"320199{born:%Y%m%d}{chance.randrange(1000):03}"
    return first17 + citizen_check_char(first17)


Row = dict[str, str]


def _mistyped(code: str) -> str:
    """Change a character that both checks cover; with only the last one wrong the code would pass as a legacy one."""
    return code[:9] + ("1" if code[9] != "1" else "2") + code[10:]


def _spoil(column: str, change: Callable[[Row], str]) -> Callable[[Row], None]:
    def spoil(row: Row) -> None:
        row[column] = change(row)

    return spoil


# One planted fault per bad row; each is an error in both validators.
FAULTS: tuple[Callable[[Row], None], ...] = (
    _spoil("CF_XDR_MC", lambda row: ""),
    _spoil("CF_XDR_MC", lambda row: row["CF_XDR_MC"] * 60),
    _spoil("CF_XDR_LB", lambda row: "其他主体"),
    _spoil("CF_CFJGDM", lambda row: _mistyped(row["CF_CFJGDM"])),
    _spoil("CF_WSH", lambda row: ""),
    _spoil("CF_JDRQ", lambda row: "2027-03-01"),
    _spoil("CF_JDRQ", lambda row: "2026-02-30"),
    _spoil("CF_NR_FK", lambda row: "伍万元"),
    _spoil("CF_NR_FK", lambda row: "0"),
    _spoil("CF_XDR_SHXYM", lambda row: "" if row["CF_XDR_SHXYM"] else "91320199MA00000156"),
    _spoil("CF_YXQ", lambda row: "2001-01-01"),
    _spoil("CF_XDR_ZJHM", lambda row: _mistyped(row["CF_XDR_ZJHM"]) if "CF_XDR_ZJHM" in row else ""),
)
_REPEATED = ("CF_CFJGDM", "CF_WSH", "CF_XDR_MC", "CF_XDR_LB", "CF_XDR_SHXYM", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_FRDB")


def write(n: int, path: Path, seed: int = 20261122) -> None:
    """Write ``n`` rows; the same seed gives the same file."""
    chance = random.Random(seed)
    firms = [(f"江苏{chance.choice(_GIVEN)}{i}{chance.choice(_TRADES)}有限公司", uscc(chance)) for i in range(_POOL)]
    people = [(chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2)), citizen(chance)) for _ in range(_POOL)]
    agencies = [(f"某市第{i}市场监督管理局", uscc(chance, "11320199")) for i in range(100)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        sound: Row = {}
        for number in range(n):
            row = _row(number, chance, firms, people, agencies)
            if chance.random() < BAD_SHARE:
                _spoil_one(row, sound, chance)
            else:
                sound = row
            writer.writerow(row)


def _spoil_one(row: Row, before: Row, chance: random.Random) -> None:
    """Plant one fault; the last kind is to say what a sound row said before."""
    at = chance.randrange(len(FAULTS) + 1)
    if at < len(FAULTS):
        FAULTS[at](row)
    else:
        row.update({column: before.get(column, "") for column in _REPEATED} if before else {})


Named = list[tuple[str, str]]


def _row(number: int, chance: random.Random, firms: Named, people: Named, agencies: Named) -> Row:
    person = chance.random() < 0.2
    name, code = chance.choice(people if person else firms)
    agency, agency_code = chance.choice(agencies)
    decided = TODAY - timedelta(days=chance.randrange(15))
    wan = f"{chance.randrange(1, 400_000) / 10_000:.6f}"
    row = {
        "CF_XDR_MC": name,
        "CF_XDR_LB": "自然人" if person else "法人及非法人组织",
        "CF_XDR_ZJLX" if person else "CF_XDR_SHXYM": "身份证" if person else code,
        "CF_WSH": f"某市监罚〔2026〕{number}号",
        "CF_WFXW": "销售不符合标准的产品",
        "CF_SY": f"经查，当事人于{decided:%Y年%m月}在其经营场所销售不符合保障人身健康标准的产品，货值{wan}万元。",
        "CF_YJ": "《中华人民共和国产品质量法》第四十九条",
        "CF_CFLB": "罚款",
        "CF_NR": f"处罚款{wan}万元",
        "CF_NR_FK": wan,
        "CF_JDRQ": decided.isoformat(),
        "CF_YXQ": "2099-12-31",
        "CF_CFJG": agency,
        "CF_CFJGDM": agency_code,
        "CF_SJLY": agency,
        "CF_SJLYDM": agency_code,
    }
    return row | ({"CF_XDR_ZJHM": code, "CF_XDR_SHXYM": ""} if person else {"CF_FRDB": "王某"})
