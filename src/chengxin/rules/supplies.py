"""补列: what may stand in for a column a file does not have, proposed with its reason; a person confirms it or not.

A way is written as one word: ``own_name`` and ``own_code`` are the filing agency's, ``own_code_if_named`` its code in
the rows that name it, ``kind_of_codes`` the kind of party told by which code column is filled, ``copy:FIELD`` another
field of the row, ``with:FIELD=TEXT`` a text in rows where that field is filled, ``amount:FIELD`` the one amount a text
states, ``=TEXT`` the same text in every row. For a column that is there, ``codes:DIALECT`` reads it by the code set of
an older notice and ``as_written`` by today's. Nothing of this is applied before a person has confirmed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chengxin.rules import column_pairs
from chengxin.rules.layouts import Dialect, Field, Layout, Must, Role
from chengxin.rules.money import MoneyRefused, in_wan, parse_wan, parse_yuan

OWN_NAME, OWN_CODE, OWN_CODE_IF_NAMED, KIND_OF_CODES = "own_name", "own_code", "own_code_if_named", "kind_of_codes"
AS_WRITTEN, COPY, WITH, AMOUNT, CODES, FIXED = "as_written", "copy:", "with:", "amount:", "codes:", "="
NO_END = "长期"


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to fill a field, in Chinese and English."""

    way: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that no column fills, or whose codes could be read in two ways, with what may be done about it.

    ``proposed`` is one of the offered ways, "" when nothing is proposed; ``must`` tells whether one has to be chosen.
    """

    field: str
    must: bool
    offers: tuple[Offer, ...]
    proposed: str
    zh: str
    en: str

    def offer(self, way: str) -> Offer | None:
        """Return the offer with this way, or None."""
        return next((offer for offer in self.offers if offer.way == way), None)


def gaps(layout: Layout, claimed: Collection[str], headings: Sequence[str]) -> tuple[Gap, ...]:
    """Return the gaps of a file in the order of the layout; ``claimed`` are the fields that columns stand for."""
    spoken = layout.spoken(headings)
    found = (
        _coded(field, spoken) if field.code in claimed else _gap(field, layout, claimed) for field in layout.fields
    )
    return tuple(gap for gap in found if gap)


def fillable(layout: Layout, claimed: Collection[str], headings: Sequence[str]) -> frozenset[str]:
    """Return the fields that something could be offered for."""
    return frozenset(gap.field for gap in gaps(layout, claimed, headings))


def filled(supplied: Mapping[str, str]) -> frozenset[str]:
    """Return the fields that confirmed ways fill although no column does."""
    return frozenset(code for code, way in supplied.items() if way != AS_WRITTEN and not way.startswith(CODES))


def told(layout: Layout, supplied: Mapping[str, str]) -> Iterator[tuple[Field, Offer]]:
    """Yield fields with the confirmed way that fills them, in words, whatever columns there are."""
    for code, way in supplied.items():
        field = layout.get(code)
        dialect = next((each for each in layout.dialects if way == CODES + each.code), None)
        gap = _coded(field, dialect) if dialect else _gap(field, layout, layout.codes)
        offer = gap.offer(way) if gap else None
        if offer and way != AS_WRITTEN:
            yield field, offer


def translation(layout: Layout, field: str, way: str) -> Mapping[str, str]:
    """Return what the codes of an older notice mean today, for a way that reads them; every other code is refused."""
    dialect = next((each for each in layout.dialects if way == CODES + each.code), None)
    return dialect.codes.get(field, {}) if dialect else {}


def _coded(field: Field, spoken: Dialect | None) -> Gap | None:
    if spoken is None or field.code not in spoken.codes:
        return None
    means = "、".join(spoken.codes[field.code])
    old = Offer(
        f"{CODES}{spoken.code}",
        f"按 {spoken.code} 年代码读",
        f"read by the codes of {spoken.code}",
    )
    now = Offer(AS_WRITTEN, "按现行代码读", "read by the codes of today")
    reason = (
        f"文件用了 {spoken.code} 年的列名，那时代码含义不同：{means} 为正常，其他值退回",
        f"the file has headings of {spoken.code}, when codes meant something else: {means} stands, others come back",
    )
    return Gap(field.code, True, (old, now), old.way, *reason)


def _gap(field: Field, layout: Layout, claimed: Collection[str]) -> Gap | None:
    """Return what may fill a field that no column fills; None when only the file itself could say it."""
    if field == column_pairs.source_name(layout):
        return _own_name(field)
    maker = _MAKERS.get(field.role) if field.role else None
    return maker(field, layout, claimed) if maker else None


Maker = Callable[[Field, Layout, Collection[str]], Gap | None]


def _present(layout: Layout, role: Role, claimed: Collection[str]) -> Field | None:
    field = layout.role(role)
    return field if field and field.code in claimed else None


def _one(field: Field, offer: Offer, zh: str, en: str, *, proposed: bool = True) -> Gap:
    return Gap(field.code, field.must is Must.ALWAYS, (offer,), offer.way if proposed else "", zh, en)


def _own_name(field: Field, *_rest: object) -> Gap:
    offer = Offer(OWN_NAME, "报送单位的名称", "the name of the agency that files")
    return _one(field, offer, "谁报送，谁就是来源", "whoever files is the source")


def _own_code(field: Field, *_rest: object) -> Gap:
    offer = Offer(OWN_CODE, "报送单位的统一社会信用代码", "the code of the agency that files")
    return _one(field, offer, "谁报送，谁就是来源", "whoever files is the source")


def _authority_name(field: Field, *_rest: object) -> Gap:
    offer = Offer(OWN_NAME, "报送单位的名称", "the name of the agency that files")
    return _one(
        field, offer, "只在全部决定都由本单位作出时选", "only when your agency decided all of them", proposed=False
    )


def _authority_code(field: Field, *_rest: object) -> Gap:
    offer = Offer(
        OWN_CODE_IF_NAMED, "报送单位代码（限机关名称相同的行）", "the agency's own code, in the rows that name it"
    )
    reason = (
        "名称相同即为同一机关；其他机关的行退回",
        "the same name is the same authority; rows of others are sent back",
    )
    return _one(field, offer, *reason)


def _kind(field: Field, layout: Layout, claimed: Collection[str]) -> Gap:
    by_codes = Offer(KIND_OF_CODES, "按填了哪个号码判断", "told by which number is filled")
    same = (Offer(FIXED + one.value, f"全部为“{one.value}”", f"all of them {one.value}") for one in field.choices)
    known = _present(layout, Role.SUBJECT_USCC, claimed) or _present(layout, Role.PERSON_NUMBER, claimed)
    offers = (by_codes, *same) if known else tuple(same)
    reason = (
        "只有个人证件号的为自然人，92 开头的为个体工商户，有其他机构代码的为法人及非法人组织；两种都填的退回",
        "a personal number is a person, 92… an individual business, any other code of an organisation an organisation; "
        "with both, the row is sent back",
    )
    return Gap(field.code, field.must is Must.ALWAYS, offers, by_codes.way if known else "", *reason)


def _certificate(field: Field, layout: Layout, claimed: Collection[str]) -> Gap | None:
    number = _present(layout, Role.PERSON_NUMBER, claimed)
    value = next((one.value for one in field.choices if one.means == "citizen_id"), "")
    if number is None or not value:
        return None
    offer = Offer(
        f"{WITH}{number.code}={value}", f"填了号码的行都是“{value}”", f"“{value}” wherever a number is filled"
    )
    reason = "文件只有号码列；号码仍逐个校验", "there is only a column of numbers; each is checked all the same"
    return _one(field, offer, *reason)


def _since(field: Field, layout: Layout, claimed: Collection[str]) -> Gap | None:
    decided = _present(layout, Role.DECIDED_ON, claimed)
    if decided is None:
        return None
    offer = Offer(COPY + decided.code, f"与“{decided.zh}”同日", f"the same day as “{decided.en}”")
    return _one(
        field, offer, "文件没有起始日，通常自决定之日起", "there is no first day; it usually is that of the decision"
    )


def _until(field: Field, *_rest: object) -> Gap:
    offer = Offer(FIXED + NO_END, f"全部为“{NO_END}”", "all of them without end")
    return _one(field, offer, "文件没有说明，须由您决定", "the file does not say; you have to decide", proposed=False)


def _amount(field: Field, layout: Layout, claimed: Collection[str]) -> Gap | None:
    content = _present(layout, Role.CONTENT, claimed)
    if content is None:
        return None
    offer = Offer(AMOUNT + content.code, f"“{content.zh}”中写明的金额", f"the amount that “{content.en}” states")
    reason = (
        "整段只写种类和金额、且只有一个金额时才取；其他行留空，含罚款或没收的退回",
        "only where it says nothing but kinds and one amount; blank elsewhere, so that rows with a fine come back",
    )
    return _one(field, offer, *reason)


_MAKERS: dict[Role, Maker] = {
    Role.SOURCE_CODE: _own_code,
    Role.AUTHORITY_NAME: _authority_name,
    Role.AUTHORITY_CODE: _authority_code,
    Role.SUBJECT_KIND: _kind,
    Role.PERSON_CERTIFICATE: _certificate,
    Role.VALID_FROM: _since,
    Role.VALID_UNTIL: _until,
    Role.FINE: _amount,
    Role.CONFISCATION: _amount,
}

_SUM = r"(?:人民币|共计|合计|计)?([0-9]{1,12}(?:\.[0-9]{1,6})?)(万?)元整?"
_FINED, _TAKEN = rf"(?:并处|处以|处)?罚款{_SUM}", rf"(?:并处|处以|处)?没收(?:违法所得|非法所得|非法财物){_SUM}"
_OTHER = r"(?:给予)?(?:警告|通报批评)|责令改正"
_CLAUSES = re.compile(rf"(?:(?:{_OTHER}|{_FINED}|{_TAKEN})[，,；;。、 ]*)+")
_OF_ROLE = {Role.FINE: re.compile(_FINED), Role.CONFISCATION: re.compile(_TAKEN)}


def stated_amount(text: str, role: Role) -> str:
    """Return the fine or the confiscation that a text states, in 万元, or "".

    Only a text that holds nothing but named penalties and their amounts is read, and only when it states one amount of
    the kind; “罚款5000元，减半执行” or two fines say more than this can know.
    """
    if not _CLAUSES.fullmatch(text):
        return ""
    found = _OF_ROLE[role].findall(text)
    if len(found) != 1:
        return ""
    figure, wan = found[0]
    try:
        return in_wan((parse_wan if wan else parse_yuan)(figure).fen)
    except MoneyRefused:
        return ""
