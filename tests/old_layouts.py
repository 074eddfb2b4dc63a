"""Complete files of 2016, for tests: every column of the notice of that year and no other, with invented content."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import uscc_check_char
from tests import factories as make

Row = Mapping[str, str]
AUTHORITY = f"示例单位{make.AGENCY[-3:]}"
PENALTY_HEADINGS = {
    "CF_WSH": "行政处罚决定书文号",
    "CF_CFMC": "处罚名称",
    "CF_CFLB1": "处罚类别1",
    "CF_CFLB2": "处罚类别2",
    "CF_SY": "处罚事由",
    "CF_YJ": "处罚依据",
    "CF_XDR_MC": "行政相对人名称",
    "CF_XDR_SHXYM": "行政相对人代码_1(统一社会信用代码)",
    "CF_XDR_ZDM": "行政相对人代码_2(组织机构代码)",
    "CF_XDR_GSDJ": "行政相对人代码_3(工商登记码)",
    "CF_XDR_SWDJ": "行政相对人代码_4(税务登记号)",
    "CF_XDR_SFZ": "行政相对人代码_5(居民身份证号)",
    "CF_FR": "法定代表人姓名",
    "CF_JG": "处罚结果",
    "CF_JDRQ": "处罚决定日期",
    "CF_XZJG": "处罚机关",
    "CF_ZT": "当前状态",
    "DFBM": "地方编码",
    "SJC": "数据更新时间戳",
    "BZ": "备注",
}
LICENCE_HEADINGS = {
    "XK_WSH": "行政许可决定书文号",
    "XK_XMMC": "项目名称",
    "XK_SPLB": "审批类别",
    "XK_NR": "许可内容",
    "XK_XDR_MC": "行政相对人名称",
    "XK_XDR_SHXYM": "行政相对人代码_1(统一社会信用代码)",
    "XK_XDR_ZDM": "行政相对人代码_2(组织机构代码)",
    "XK_XDR_GSDJ": "行政相对人代码_3(工商登记码)",
    "XK_XDR_SWDJ": "行政相对人代码_4(税务登记号)",
    "XK_XDR_SFZ": "行政相对人代码_5(居民身份证号)",
    "XK_FR": "法定代表人姓名",
    "XK_JDRQ": "许可决定日期",
    "XK_JZQ": "许可截止期",
    "XK_XZJG": "许可机关",
    "XK_ZT": "当前状态",
    "DFBM": "地方编码",
    "SJC": "数据更新时间戳",
    "BZ": "备注",
}


def _individual() -> str:
    inner = "MA990002"
    start = "92320199" + inner + org_check_char(inner)
    return start + uscc_check_char(start)


INDIVIDUAL = _individual()
FIRM_PENALTY: Row = {
    "CF_WSH": "示交罚〔2026〕21号",
    "CF_CFMC": "超限运输货物",
    "CF_CFLB1": "罚款",
    "CF_SY": "运输车辆超限百分之十",
    "CF_YJ": "公路法第七十六条",
    "CF_XDR_MC": "栖云望舒食品有限公司",
    "CF_XDR_SHXYM": make.FIRM,
    "CF_FR": "沈清和",
    "CF_JG": "罚款人民币5000元",
    "CF_JDRQ": "2026-11-18",
    "CF_XZJG": AUTHORITY,
    "CF_ZT": "0",
    "DFBM": "320199",
    "SJC": "2026-11-18 09:00:00",
}
PERSON_PENALTY: Row = FIRM_PENALTY | {
    "CF_WSH": "示交罚〔2026〕22号",
    "CF_XDR_MC": "沈清和",
    "CF_XDR_SHXYM": "",
    "CF_XDR_SFZ": make.CITIZEN,
    "CF_FR": "",
    "CF_CFLB2": "警告",
    "CF_JG": "警告，罚款0.02万元。",
}
SHOP_PENALTY: Row = FIRM_PENALTY | {
    "CF_WSH": "示交罚〔2026〕23号",
    "CF_XDR_MC": "示例便利店",
    "CF_XDR_SHXYM": INDIVIDUAL,
    "CF_CFLB1": "警告",
    "CF_JG": "警告",
}
PENALTIES = [FIRM_PENALTY, PERSON_PENALTY, SHOP_PENALTY]
FIRM_LICENCE: Row = {
    "XK_WSH": "示交许〔2026〕31号",
    "XK_XMMC": "道路货物运输经营许可",
    "XK_SPLB": "普通",
    "XK_NR": "道路普通货物运输",
    "XK_XDR_MC": "栖云望舒食品有限公司",
    "XK_XDR_SHXYM": make.FIRM,
    "XK_FR": "沈清和",
    "XK_JDRQ": "2026-11-17",
    "XK_JZQ": "2030-11-16",
    "XK_XZJG": AUTHORITY,
    "XK_ZT": "0",
    "DFBM": "320199",
    "SJC": "2026-11-17 09:00:00",
}
SHOP_LICENCE: Row = FIRM_LICENCE | {
    "XK_WSH": "示交许〔2026〕32号",
    "XK_XDR_MC": "示例便利店",
    "XK_XDR_SHXYM": INDIVIDUAL,
    "XK_SPLB": "登记",
    "XK_ZT": "正常",
}
LICENCES = [FIRM_LICENCE, SHOP_LICENCE]


def grid(headings: Mapping[str, str], rows: Sequence[Row], *, chinese: bool = True) -> list[list[str]]:
    """Return headings and cells of a file of 2016 as a whole."""
    heads = list(headings.values()) if chinese else list(headings)
    return [heads, *([row.get(code, "") for code in headings] for row in rows)]


def as_csv(headings: Mapping[str, str], rows: Sequence[Row], *, chinese: bool = True) -> bytes:
    """Return a file of 2016 as CSV in GB18030, as old systems write it."""
    out = io.StringIO()
    csv.writer(out).writerows(grid(headings, rows, chinese=chinese))
    return out.getvalue().encode("gb18030")
