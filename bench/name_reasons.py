"""Why two names of the bench belong to their class: what exactly was changed between them, place by place.

Every sentence is read off the two names, not off what made them, so it holds for whoever looks at the pair.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

from chengxin.rules.names_parts import Parts, parts
from chengxin.rules.names_readings import syllables

Reason = Callable[[str, str, Parts], str]


def reason(group: str, asked: str, known: str, former: str) -> str:
    """Return the reason of a pair in one Chinese sentence."""
    if group == "former":
        return f"写的是曾用名“{former}”，现用名字号为“{parts(known).proper}”"
    return _REASONS[group](asked, known, parts(known))


def _exact(asked: str, known: str, cut: Parts) -> str:
    return f"同一名称，{len(known)} 个字写法相同"


def _signs(asked: str, known: str, cut: Parts) -> str:
    if "(" in asked:
        return f"同一名称，地名“{cut.place}”放进了括号"
    at = next(n for n, char in enumerate(asked) if char in " 　")
    return f"同一名称，第{at}字“{known[at - 1]}”之后多了{'全角' if asked[at] == '　' else '半角'}空格"


def _traditional(asked: str, known: str, cut: Parts) -> str:
    changed = dict.fromkeys(f"{old}→{new}" for old, new in zip(known, asked, strict=True) if old != new)
    return f"同一名称，用繁体字书写：{'、'.join(changed)}"


def _other_form(asked: str, known: str, cut: Parts) -> str:
    form = asked.removeprefix(cut.stem)
    return f"同一名称，组织形式“{cut.form}”" + (f"写成“{form}”" if form else "省略")


def _no_place(asked: str, known: str, cut: Parts) -> str:
    return f"同一名称，省略地名“{known.removesuffix(asked)}”"


def _short(asked: str, known: str, cut: Parts) -> str:
    return f"同一名称，只写字号“{cut.proper}”和行业“{cut.trade}”"


def _proper_only(asked: str, known: str, cut: Parts) -> str:
    return f"同一名称，只写字号“{cut.proper}”（{len(cut.proper)} 个字）"


def _exchanged(what: str) -> Reason:
    """Say which character of the name proper stands for which, and how both are read."""

    def said(asked: str, known: str, cut: Parts) -> str:
        start = known.index(cut.proper)
        written = asked[start : start + len(cut.proper)]
        at = next(n for n, (old, new) in enumerate(zip(cut.proper, written, strict=True)) if old != new)
        old, new = cut.proper[at], written[at]
        read = dict.fromkeys(syllables(each)[0] for each in (old, new))
        return what.format(place=f"字号第{at + 1}字 {old}→{new}", read="/".join(read))

    return said


def _missing(asked: str, known: str, cut: Parts) -> str:
    start, proper = known.index(cut.proper), cut.proper
    written = asked[start : start + len(proper) - 1]
    at = next(n for n in range(len(proper)) if proper[:n] + proper[n + 1 :] == written)
    return f"同一名称，字号“{proper}”漏写第{at + 1}字 {proper[at]}"


def _swapped(asked: str, known: str, cut: Parts) -> str:
    start = known.index(cut.proper)
    at = next(n for n in range(len(cut.proper)) if asked[start + n] != cut.proper[n])
    two = cut.proper[at : at + 2]
    return f"同一名称，字号第{at + 1}、{at + 2}字颠倒 {two}→{two[::-1]}"


def _pinyin(asked: str, known: str, cut: Parts) -> str:
    return f"同一名称，字号和行业“{cut.core}”用拼音书写：{' '.join(syllables(cut.core))}"


def _pinyin_typo(asked: str, known: str, cut: Parts) -> str:
    right = "".join(syllables(cut.core))
    at = next((n for n, pair in enumerate(zip(right, asked, strict=False)) if pair[0] != pair[1]), len(asked))
    what = {-1: "漏写", 0: "与后一个颠倒", 1: "多写"}[len(asked) - len(right)]
    return f"同一名称，拼音 {' '.join(syllables(cut.core))} 从第{at + 1}个字母起写错（{what}一个字母）".replace(
        "与后一个颠倒一个字母", "相邻两个字母颠倒"
    )


def _initials(asked: str, known: str, cut: Parts) -> str:
    return f"同一名称，只写“{cut.core}”的拼音首字母（{' '.join(syllables(cut.core))}）"


def _two_changes(asked: str, known: str, cut: Parts) -> str:
    """Name what differs piece by piece; what two changes do to one place is one piece."""
    said = []
    for kind, a, b, c, d in SequenceMatcher(None, known, asked, autojunk=False).get_opcodes():
        if kind != "equal":
            old, new = known[a:b], asked[c:d]
            said.append(f"{old}→{new}" if old and new else f"少“{old}”" if old else f"多“{new}”")
    return f"同一名称，施加了两种改动（索引设计之外的留出类），不同之处：{'、'.join(said)}"


def _other_place(asked: str, known: str, cut: Parts) -> str:
    place = asked[: -len(cut.proper + cut.trade + cut.form)]
    return f"城市 {cut.place}→{place}，字号“{cut.proper}”和行业“{cut.trade}”相同：另一家"


def _other_trade(asked: str, known: str, cut: Parts) -> str:
    trade = asked.removeprefix(cut.place + cut.proper).removesuffix(cut.form)
    return f"行业 {cut.trade}→{trade}，城市“{cut.place}”和字号“{cut.proper}”相同：另一家"


def _other_both(asked: str, known: str, cut: Parts) -> str:
    place, _, rest = asked.partition(cut.proper)
    return (
        f"城市 {cut.place}→{place}，行业 {cut.trade}→{rest.removesuffix(cut.form)}，只有字号“{cut.proper}”相同：另一家"
    )


def _unrelated(asked: str, known: str, cut: Parts) -> str:
    other = parts(asked)
    same = set(cut.proper) & set(other.proper)
    shared = f"（都有“{'、'.join(sorted(same))}”字，纯属巧合）" if same else "，没有相同的字"
    return f"毫不相干：字号“{other.proper}”与“{cut.proper}”{shared}"


_REASONS: dict[str, Reason] = {
    "exact": _exact, "signs": _signs, "traditional": _traditional, "other_form": _other_form, "no_place": _no_place,
    "short": _short, "proper_only": _proper_only, "missing": _missing, "swapped": _swapped, "pinyin": _pinyin,
    "pinyin_typo": _pinyin_typo, "initials": _initials, "two_changes": _two_changes, "other_place": _other_place,
    "other_trade": _other_trade, "other_both": _other_both, "unrelated": _unrelated,
    "homophone": _exchanged("同一名称，{place}，同音 {read}"),
    "near_homophone": _exchanged("同一名称，{place}，近音 {read}"),
    "slip": _exchanged("同一名称，{place}，写错"),
    "other_proper": _exchanged("{place}，城市和行业相同：另一家"),
    "other_homophone": _exchanged("{place}，同音 {read}，另有登记：另一家"),
}  # fmt: skip
