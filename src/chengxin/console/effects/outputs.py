"""Every output a record could stand in, and how it learns that the record has ended.

A test makes each of them speak before and after a restoration, and fails when a module begins to read standing records
without being named there.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Output:
    """One output: its name, how the end of a record shows in it, and the function that answers (empty: none yet)."""

    code: str
    name: Promise
    how: Promise
    source: str = ""


OUTPUTS: tuple[Output, ...] = (
    Output(
        "organisation_page",
        _("公众网站和开放接口的组织页"),
        _("每次打开都向登记库比对日期和状态，决定生效的同一刻起不再出现。"),
        "chengxin.disclosure.publication.organisation_page",
    ),
    Output(
        "latest",
        _("最新公示列表"),
        _("每次打开都向登记库比对，决定生效的同一刻起不再出现。"),
        "chengxin.disclosure.publication.latest",
    ),
    Output(
        "statistics",
        _("公开统计"),
        _("每天计数一次，只数当天仍在公示的记录；十以下的数不显示。"),
        "chengxin.disclosure.publication.statistics",
    ),
    Output(
        "lists",
        _("公开名单页"),
        _("每次打开都向登记库比对，决定生效的同一刻起不再出现。"),
        "chengxin.disclosure.publication.listed",
    ),
    Output(
        "open_data",
        _("开放数据文件"),
        _("决定一生效，已生成的文件就不再提供；重新生成后给出不含该记录的文件和撤回增量。"),
        "chengxin.disclosure.open_data.rows",
    ),
    Output(
        "enquiry",
        _("依据查询和授权查询"),
        _("每次查询都向登记库比对，决定生效后的下一次查询即不含该记录。"),
        "chengxin.disclosure.gate.disclose",
    ),
    Output(
        "screening",
        _("筛查（只答有无和依据）"),
        _("与查询走同一道门，决定生效后不再命中。"),
        "chengxin.disclosure.gate.disclose",
    ),
    Output(
        "report",
        _("新出具的信用报告"),
        _("出具时向登记库比对，不含该记录。"),
        "chengxin.disclosure.report.build",
    ),
    Output(
        "earlier_reports",
        _("此前出具的信用报告"),
        _("核验时重新比对，决定生效的同一刻起答复“已过时”；密封留存的内容不再给出。"),
        "chengxin.disclosure.report.verify",
    ),
    Output(
        "portable",
        _("可携带报告"),
        _("出具时向登记库比对；此前出具的，状态清单下一次更新即为“已过时”。"),
        "chengxin.disclosure.portable.services.issue",
    ),
    Output(
        "own_file",
        _("主体本人的档案"),
        _("不再列出该记录；办件卷宗仍供当事人查阅。"),
        "chengxin.disclosure.own_file.read",
    ),
    Output(
        "counter",
        _("窗口协办时看到的档案"),
        _("打开时向登记库比对，不再列出该记录。"),
        "chengxin.disclosure.assisted.look",
    ),
    Output(
        "measures",
        _("惩戒措施"),
        _("据该记录采取的措施在同一笔事务中解除。"),
        "chengxin.supervision.selectors.measures_in_force",
    ),
    Output(
        "feed",
        _("共享增量（领取和推送）"),
        _("给出时重新读取内容，已终止的不再给出；曾给出过的，发送签名的撤回。"),
        "chengxin.disclosure.feed.pull",
    ),
    Output(
        "evaluation",
        _("监管评价"),
        _("本平台没有监管评价，没有需要更正的结果。"),
    ),
    Output(
        "caches",
        _("缓存"),
        _("不缓存任何答复；每日统计只存合计数，不含任何记录。"),
    ),
)
