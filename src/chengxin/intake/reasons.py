"""Why a row did not become a record, beyond the validation rules; and how stored findings are put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from chengxin.intake import rulebook
from chengxin.rules.layouts import Layout
from chengxin.rules.validation.codes import Finding, Problem, Rule, Severity, render
from chengxin.rules.validation.shapes import NO_SHAPE, Shape

Stored = dict[str, str]
_SINCE = date(2018, 7, 1)


def _rule(code: str, severity: Severity, zh: str, en: str, remedy_zh: str, remedy_en: str, basis: str) -> Rule:
    return Rule(code, severity, zh, en, remedy_zh, remedy_en, basis, _SINCE, None, True)


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_QUALITY = "平台数据质量要求"
RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        _rule(
            "row.cells", _ERROR,
            "这一行有 {other} 个单元格，表头有 {limit} 个，无法对齐。",
            "This row has {other} cells and the heading has {limit}; they cannot be lined up.",
            "请检查是否多了或少了分隔符；含分隔符的内容要加引号。",
            "Check for a missing or extra delimiter; put quotation marks around text that holds one.", _QUALITY,
        ),
        _rule(
            "row.shifted", _ERROR,
            "最迟从“{field}”起，这一行的值比表头向{shape}错开了 {limit} 列。",
            "From “{field}” on at the latest, the values of this row stand {limit} column(s) to the {shape} of their "
            "headings.",
            "请检查这一行是否多了或少了一个单元格，对齐后重报。",
            "Check whether a cell is missing or too many in this row, and line it up.", _QUALITY,
        ),
        _rule(
            "row.not_current", _ERROR,
            "“{field}”表明这一决定不是正常状态。", "“{field}” says that this decision does not stand as made.",
            "已撤销、变更的决定不得作为有效记录报送；已报过的请办理撤回。",
            "A revoked or changed decision may not be filed as a living one; withdraw the record if it was filed.",
            "行政处罚法第四十八条",
        ),
        _rule(
            "column.passed", _WARNING,
            "列“{field}”不在报送格式内，没有读取。", "The column “{field}” is not part of the table and was not read.",
            "无需处理；如应读取，请在“列对应”页面改正。",
            "Nothing has to be done; if it should be read, say so on the page “Columns”.", _QUALITY,
        ),
        _rule(
            "file.heading_row", _WARNING,
            "表头取自第 {limit} 行，上面的标题没有读取。",
            "The heading was taken from row {limit}; the titles above it were not read.",
            "无需处理；行号与文件一致。", "Nothing has to be done; rows are numbered as in the file.", _QUALITY,
        ),
        _rule(
            "file.heading_sheet", _WARNING,
            "表头取自第 {other} 张工作表第 {limit} 行；它上面的标题和其他工作表没有读取。",
            "The heading was taken from row {limit} of sheet {other}; titles above it and other sheets were not read.",
            "请确认取对了工作表；行号与文件一致。",
            "Make sure that it is the right sheet; rows are numbered as in the file.",
            _QUALITY,
        ),
        _rule(
            "column.supplied", _WARNING,
            "文件中没有列“{field}”，按本单位确认的列对应补上：{shape}。",
            "The file has no column “{field}”; it was filled as your agency confirmed: {shape}.",
            "无需处理；如不应这样补，请在“列对应”页面停用这一版。",
            "Nothing has to be done; if it should not be filled so, withdraw the mapping on the page “Columns”.",
            _QUALITY,
        ),
        _rule(
            "column.old_codes", _WARNING,
            "列“{field}”按本单位确认的列对应读取：{shape}。",
            "The column “{field}” was read as your agency confirmed: {shape}.",
            "无需处理；如不应这样读，请在“列对应”页面停用这一版。",
            "Nothing has to be done; if it should not be read so, withdraw the mapping on the page “Columns”.",
            _QUALITY,
        ),
        _rule(
            "file.carried", _WARNING,
            "沿用上次结论 {limit} 行：与 {other} 报送的内容完全相同，没有重新校验。",
            "{limit} row(s) keep their earlier verdict: they are the same as those sent on {other} and were not "
            "checked again.",
            "无需处理；只校验了新的和改过的行。",
            "Nothing has to be done; only new and changed rows were checked.", _QUALITY,
        ),
        _rule(
            "file.judged_anew", _WARNING,
            "有 {limit} 行以前报送过，但校验规则、表格或列对应已经变更，按现行规定重新校验。",
            "{limit} row(s) were sent before, but the rules, the table or the columns have changed since; they were "
            "checked anew.",
            "请看新的结果。", "Look at the new result.", _QUALITY,
        ),
        _rule(
            "subject.kind_not_in_item", _ERROR,
            "这一目录项不收此类主体的信息。", "This catalogue item takes no information about this kind of subject.",
            "请核对主体类别，或改报相应的目录项。", "Check the kind of party, or file under the item meant for it.",
            "全国公共信用信息基础目录",
        ),
        _rule(
            "subject.needs_uscc", _ERROR,
            "没有统一社会信用代码，无法确定是哪一个主体；平台不按名称匹配。",
            "Without a unified social credit code the subject is not certain; nothing is matched by name.",
            "请补填{field}。", "Fill in {field}.", "GB 32100-2015",
        ),
        _rule(
            "subject.name_differs", _WARNING,
            "号码与已有主体一致，名称不一致，已转人工判定，暂不入库。",
            "The number is known under another name; a person will judge it and nothing is stored until then.",
            "无需重报；如确是填错，请改正{field}后重报这一行。",
            "Nothing has to be done; if {field} is wrong, correct it and send this row again.",
            "江苏省社会信用条例",
        ),
        _rule(
            "subject.not_the_same", _ERROR,
            "经人工判定，号码与名称不是同一主体。", "A person judged that number and name are not the same subject.",
            "请对照原决定书核对名称和号码后重报。", "Check name and number against the decision and resend the row.",
            "江苏省社会信用条例",
        ),
        _rule(
            "subject.asked_again", _WARNING,
            "原判定已撤销，这一行重新转人工判定。", "The judgement was taken back; a person will judge this row anew.",
            "无需重报，等待判定结果。", "Nothing has to be done; wait for the answer.", "江苏省社会信用条例",
        ),
        _rule(
            "record.exists", _WARNING,
            "同一机关、文号、主体的记录已在库中，内容相同，未重复入库。",
            "A record of the same authority, document and subject is stored already with the same content.",
            "无需处理。", "Nothing has to be done.", _QUALITY,
        ),
        _rule(
            "record.differs", _ERROR,
            "同一机关、文号、主体的记录已在库中，但内容不同；已有记录未作改动。",
            "A record of the same authority, document and subject is stored with other content; it was left as it is.",
            "如需更正已入库的记录，请点“看差异，确认更正”，核对后勾选确认；如已有记录是对的，无需处理；如是另一份文书，核对文号后重报。",
            "To change the stored record, open its differences and confirm them as a correction. If the record is "
            "right, nothing has to be done; if this is another document, check its number and resend the row.",
            _QUALITY,
        ),
        _rule(
            "record.withdrawn", _ERROR,
            "这条记录已由信源单位撤回，不会因再次报送而恢复。",
            "The source took this record back; it does not return by being filed again.",
            "如撤回有误，请打开这条记录，撤销撤回。",
            "If it was taken back by mistake, open the record and undo the withdrawal.", "行政处罚法第四十八条",
        ),
        _rule(
            "record.period_over", _ERROR,
            "按规定期限，这条信息的使用期已于 {limit} 届满，不再入库。",
            "Under the law its period of use ended on {limit}; it is not stored any more.",
            "无需重报；如日期填错，请改正后重报。", "Nothing has to be done; if a date is wrong, correct it.",
            "国家发展改革委令第36号",
        ),
        _rule(
            "decision.missing", _ERROR,
            "缺少{field}。只有有权机关的决定文书才能成为失信信息；投诉、评价和举报只是线索。",
            "{field} is missing. Only a decision of a competent authority becomes a record of dishonesty; "
            "complaints, ratings and reports are leads.",
            "请按决定文书补填；没有决定文书的不得报送。",
            "Fill it in from the decision; without a decision document nothing may be filed.",
            "国办发〔2020〕49号",
        ),
        _rule(
            "source.differs", _WARNING,
            "{field}不是报送单位自己的代码。", "{field} is not the code of the agency that files.",
            "谁产生、谁报送；代报的请确认已有委托。", "Whoever decides files; filing for another needs a mandate.",
            "发改办财金〔2018〕424号",
        ),
    )
}  # fmt: skip


def stored(code: str, field: str = "", shape: Shape = NO_SHAPE, limit: str = "", other: str = "") -> Stored:
    """Return a finding as it is stored with a row: codes and shapes only, blank parts left out."""
    whole = {"code": code, "field": field, "zh": shape.zh, "en": shape.en, "limit": limit, "other": other}
    return {key: value for key, value in whole.items() if value}


def said(found: Stored, layout: Layout, rules: Mapping[str, Rule], row: int = 0) -> Finding:
    """Put a stored finding into words."""
    shape = Shape(found.get("zh", ""), found.get("en", ""))
    problem = Problem(found["code"], found.get("field", ""), shape, found.get("limit", ""), found.get("other", ""))
    finding = render(problem, layout, rules, row)
    if problem.code != "record.differs" or not problem.other:
        return finding
    zh = f"已有记录来自“{problem.other}”第 {problem.limit} 行。"
    en = f" The stored record comes from row {problem.limit} of “{problem.other}”."
    return replace(finding, zh=finding.zh + zh, en=finding.en + en)


def all_rules() -> dict[str, Rule]:
    """Return every rule there has been, so that an old finding can still be put into words."""
    return {**rulebook.rules(None), **RULES}
