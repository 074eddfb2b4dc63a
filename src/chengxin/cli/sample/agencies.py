"""The twelve agencies of the synthetic province and what each does."""

from __future__ import annotations

from dataclasses import dataclass

from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import uscc_check_char


@dataclass(frozen=True)
class Office:
    """An agency: a short key, names, and whether it files records, queries them or runs the platform."""

    key: str
    zh: str
    en: str
    files: bool = False
    queries: bool = False
    runs: bool = False
    region: str = "320000"

    @property
    def code(self) -> str:
        """Return its code, made from its place in the list, in an unassigned division."""
        inner = f"9900010{[o.key for o in OFFICES].index(self.key):X}"
        first = "11320199" + inner + org_check_char(inner)
        return first + uscc_check_char(first)


OFFICES = (
    Office("centre", "示例省公共信用信息中心", "Demo Province Credit Centre", runs=True),
    Office("market", "示例省市场监督管理局", "Demo Market Regulation Administration", files=True, queries=True),
    Office("transport", "示例省交通运输厅", "Demo Department of Transport", files=True, queries=True),
    Office("environment", "示例省生态环境厅", "Demo Department of Ecology and Environment", files=True),
    Office("housing", "示例省住房和城乡建设厅", "Demo Department of Housing", files=True, queries=True),
    Office("emergency", "示例省应急管理厅", "Demo Department of Emergency Management", files=True),
    Office("bank", "示例银行股份有限公司", "Demo Bank", queries=True),
    Office("tax", "示例省税务局", "Demo Tax Service", files=True),
    Office("post", "示例省邮政管理局", "Demo Postal Administration", files=True),
    Office("civility", "示例省文明办", "Demo Office of Civility", files=True),
    Office("hiring", "示例省人力资源和社会保障厅", "Demo Department of Human Resources", files=True, queries=True),
    Office("tenders", "示例市公共资源交易中心", "Demo City Public Resources Exchange", queries=True, region="320100"),
)
BY_KEY = {office.key: office for office in OFFICES}
