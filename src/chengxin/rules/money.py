"""Money, exact to the fen, with the text and unit it was reported in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from chengxin.rules.errors import Refusal
from chengxin.rules.text import is_blank_sentinel, normalise

WAN = "万元"
YUAN = "元"
_FEN_IN = {WAN: 1_000_000, YUAN: 100}
# N(18,6) of the 双公示 tables: twelve digits before the point, six after it.
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
# One comma alone could be a decimal comma or a thousands mark; two groups, or a group and a point, could not.
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?:,[0-9]{3}){2,}(?:\.[0-9]{1,6})?|,[0-9]{3}\.[0-9]{1,6})")


class MoneyRefused(Refusal):
    """A text is not an amount that can be stored without guessing."""

    code = "money"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole fen (never negative), the text it came as and the unit of that text (万元 or 元)."""

    fen: int
    original: str
    unit: str

    def __post_init__(self) -> None:
        """Refuse amounts that no parser would have produced."""
        if self.fen < 0 or self.unit not in _FEN_IN:
            raise MoneyRefused("金额不能为负，单位只能是元或万元。", "Amounts are not negative and in yuan or 万元.")

    @property
    def yuan(self) -> Decimal:
        """Return the amount in yuan with two decimals."""
        return Decimal(self.fen).scaleb(-2)


def parse_wan(text: str) -> Money:
    """Read an amount in 万元, at most twelve digits and six decimals (one fen); raise MoneyRefused otherwise."""
    return _parse(text, WAN)


def parse_yuan(text: str) -> Money:
    """Read an amount in 元; anything smaller than a fen is refused, never rounded."""
    return _parse(text, YUAN)


def in_wan(fen: int) -> str:
    """Return an amount in 万元 as a person writes it: 500000 fen are "0.5"."""
    return format(Decimal(fen).scaleb(-6).normalize(), "f")


def show(money: Money) -> str:
    """Return the amount for reading: "50000.00 元（5 万元）", or "800.00 元" when it was reported in yuan."""
    beside = f"（{normalise(money.original)} {WAN}）" if money.unit == WAN else ""
    return f"{money.fen // 100}.{money.fen % 100:02d} {YUAN}{beside}"


def show_en(money: Money) -> str:
    """Return the amount for reading in English: "CNY 50000.00 (5 万元)"."""
    beside = f" ({normalise(money.original)} {WAN})" if money.unit == WAN else ""
    return f"CNY {money.yuan:.2f}{beside}"


def _parse(text: str, unit: str) -> Money:
    bare = normalise(text.replace("，", ","))
    if not (_NUMBER.fullmatch(bare) or _GROUPED.fullmatch(bare)):
        raise _refusal(bare, unit)
    fen = Decimal(bare.replace(",", "")) * _FEN_IN[unit]
    if fen != int(fen):
        raise MoneyRefused("金额小于一分的部分无法入账，请填到分。", "Give the amount in whole fen.", "money-fen")
    return Money(int(fen), text, unit)


# Tried in order; each pattern has the code and the two sentences that help most.
_FAULTS: tuple[tuple[re.Pattern[str], str, str, str], ...] = (
    (re.compile(r"[-−－].*"), "money-negative", "金额不能为负数", "The amount is negative"),
    (
        re.compile(r"[0-9.,]+(?: [0-9.,]+)+"),
        "money-blank-inside",
        "数字之间有空格",
        "There are blanks between the digits",
    ),
    (re.compile(r"[0-9]+,[0-9]{3}"), "money-comma", "一个逗号无法判断是千位还是小数", "One comma alone is ambiguous"),
    (re.compile(r"[0-9]*\.[0-9]{7,}"), "money-decimals", "小数超过六位", "There are more than six decimals"),
    (re.compile(r"[0-9]{13,}(?:\.[0-9]*)?"), "money-too-large", "整数超过十二位", "There are more than twelve digits"),
    (
        re.compile(r"[0-9.,]+ ?[万千百亿]?元.*"),
        "money-unit",
        "金额栏内写了单位",
        "The cell holds a unit beside the number",
    ),
    (
        re.compile(r".*[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟].*"),
        "money-words",
        "金额用汉字书写",
        "It is in words",
    ),
)


def _refusal(bare: str, unit: str) -> MoneyRefused:
    remedy_zh = f"请只填以{unit}为单位的阿拉伯数字，例如 5 或 5.000000。"
    remedy_en = f"Enter digits only, in {unit}, for example 5 or 5.000000."
    if is_blank_sentinel(bare):
        return MoneyRefused(f"金额未填写。{remedy_zh}", f"There is no amount. {remedy_en}", "money-blank")
    for pattern, code, zh, en in _FAULTS:
        if pattern.fullmatch(bare):
            facts = {"length": len(bare), "fault_zh": zh, "fault_en": en}
            return MoneyRefused(f"{zh}。{remedy_zh}", f"{en}. {remedy_en}", code, **facts)
    return MoneyRefused(f"金额不是数字。{remedy_zh}", f"The amount is not a number. {remedy_en}", length=len(bare))
