"""The HTTP API: django-ninja wires requests to services, and everything that fails leaves as a problem."""

from __future__ import annotations

from ninja import NinjaAPI

from chengxin.api import (
    authorisations,
    catalogue,
    differences,
    enquiries,
    exchange,
    feed,
    keyless,
    oauth,
    open_data,
    orders,
    organisations,
    portable,
    problems,
    proofs,
    records,
    reports,
    screening,
    submissions,
)
from chengxin.api.security import AnyoneQuota, ClientToken
from chengxin.api.strict import StrictParser

DESCRIPTION = """\
公共信用信息平台服务接口。错误一律为 application/problem+json；身份证号等只能放在 POST 正文里，不得出现在网址中。
需要令牌的操作有两种令牌：用登记的公钥签名（private_key_jwt）换取的访问令牌，最长 10 分钟，可与客户端证书绑定；
或者信用中心按单位、按用途签发的 Bearer 令牌。每分钟可请求的次数见 RateLimit-Policy，剩余次数见 RateLimit。

The HTTP API of the public-credit platform. Errors are application/problem+json; identity numbers go into POST bodies \
only, never into addresses. Operations that need a token take one of two kinds: an access token of ten minutes at \
most, got for an assertion signed with a registered key (private_key_jwt) and bound to the client's certificate where \
mutual TLS is on; or the bearer token which the credit centre issues per unit and purpose. RateLimit-Policy says how \
often a caller may ask in a minute, RateLimit what is left."""

api = NinjaAPI(
    title="诚信服务接口 · Chengxin API",
    version="1.1.0",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    auth=ClientToken(keyless.is_keyless),
    throttle=AnyoneQuota(),
    parser=StrictParser(),
    urls_namespace="api-v1",
)
problems.install(api)
ROOMS = (
    *(catalogue, organisations, enquiries, screening, submissions, differences, records, exchange, feed, proofs),
    *(reports, portable, oauth, orders, open_data, authorisations),
)
for room in ROOMS:
    api.add_router("/v1", room.router)
    keyless.learn("/v1", room.router)
