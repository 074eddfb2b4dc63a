"""The agencies and users of the demonstration, one or two for each role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chengxin.accounts import services as accounts
from chengxin.accounts.roles import Role
from chengxin.cli.sample.agencies import OFFICES

OFFICERS: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("centre", "centre", "林经办", (Role.CENTRE_OPERATOR,)),
    ("reviewer", "centre", "陆审核", (Role.REVIEWER,)),
    ("decider", "centre", "贺主任", (Role.DECIDER,)),
    ("auditor", "centre", "审计员宋", (Role.AUDITOR,)),
    ("market", "market", "市监填报员", (Role.SOURCE_CLERK,)),
    ("transport", "transport", "交通填报员", (Role.SOURCE_CLERK,)),
    ("environment", "environment", "环境填报员", (Role.SOURCE_CLERK,)),
    ("housing", "housing", "住建填报员", (Role.SOURCE_CLERK,)),
    ("civility", "civility", "文明办填报员", (Role.SOURCE_CLERK,)),
    ("enquirer", "bank", "银行信贷员", (Role.ENQUIRER,)),
    ("tenders", "tenders", "交易中心查询员", (Role.ENQUIRER,)),
)


def settle() -> tuple[dict[str, Any], dict[str, Any]]:
    """Register the agencies and the officers; return both by their short keys."""
    agencies = {
        office.key: accounts.register_agency(
            office.code,
            office.zh,
            office.en,
            office.region,
            files_records=office.files,
            queries_records=office.queries,
            runs_platform=office.runs,
        )
        for office in OFFICES
    }
    users = {key: officer(key, name, agencies[place], roles) for key, place, name, roles in OFFICERS}
    return agencies, users


def officer(key: str, name: str, agency: Any, roles: Iterable[Role]) -> Any:
    """Register one officer of an agency."""
    return accounts.register_user(key, name, agency=agency, roles=roles)


def private(key: str, name: str, role: Role) -> Any:
    """Register somebody who acts for themself or for their firm."""
    return accounts.register_user(key, name, roles=[role])
