"""The HTTP API: django-ninja wires requests to services, and everything that fails leaves as a problem."""

from __future__ import annotations

from ninja import NinjaAPI

from chengxin.api import (
    catalogue,
    differences,
    enquiries,
    exchange,
    feed,
    organisations,
    problems,
    proofs,
    records,
    reports,
    screening,
    submissions,
)
from chengxin.api.security import ClientToken
from chengxin.api.strict import StrictParser

DESCRIPTION = """\
公共信用信息平台服务接口。错误一律为 application/problem+json；身份证号等只能放在 POST 正文里，不得出现在网址中。
需要令牌的操作使用信用中心按单位、按用途签发的 Bearer 令牌；private_key_jwt 与双向 TLS 随后续版本提供。

The HTTP API of the public-credit platform. Errors are application/problem+json; identity numbers go into POST bodies \
only, never into addresses. Operations that need a token take the bearer token which the credit centre issues per unit \
and purpose; private_key_jwt and mutual TLS come with a later version."""

api = NinjaAPI(
    title="诚信服务接口 · Chengxin API",
    version="1.0.0",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    auth=ClientToken(),
    parser=StrictParser(),
    urls_namespace="api-v1",
)
problems.install(api)
ROOMS = (
    *(catalogue, organisations, enquiries, screening, submissions, differences, records, exchange, feed, proofs),
    reports,
)
for room in ROOMS:
    api.add_router("/v1", room.router)
