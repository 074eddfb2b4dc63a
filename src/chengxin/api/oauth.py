"""访问令牌: a system proves itself by a signed assertion (private_key_jwt) and gets a token that lives for minutes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from ninja import Form, Router, Schema

from chengxin.accounts import access_tokens, assertions
from chengxin.accounts.assertions import AssertionRefused
from chengxin.accounts.clients import ApiClient
from chengxin.api.callers import certificate_of, needs_certificate
from chengxin.api.fields import NO_CONTROLS, answers
from chengxin.ui import clock

router = Router(tags=["oauth"])
PATH = "/api/v1/oauth/token"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

PARAMETERS = ("grant_type", "client_assertion_type", "client_assertion", "scope", "token")

AssertionType = Annotated[Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"], Form()]
Assertion = Annotated[str, Form(min_length=1, max_length=assertions.LONGEST, description="签名断言 · Signed JWT")]


class AccessToken(Schema):
    """The answer of RFC 6749, section 5.1."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class Revoked(Schema):
    """The token does not open anything any more, whether or not it did before."""

    revoked: bool


def audience() -> str:
    """Return what the ``aud`` of an assertion must be: the address of the token operation of this installation."""
    return str(settings.CHENGXIN_ORIGIN) + PATH


@router.post(
    "/oauth/token",
    auth=None,
    response=answers(AccessToken, 400, 401, 422),
    operation_id="token",
    summary="换取访问令牌 · Get an access token",
)
def token(
    request: HttpRequest,
    grant_type: Annotated[Literal["client_credentials"], Form()],
    client_assertion_type: AssertionType,
    client_assertion: Assertion,
    scope: Annotated[str, Form(max_length=1000, pattern=NO_CONTROLS, description="用途，空格分隔 · Purposes")] = "",
) -> dict[str, Any]:
    """RFC 7523：用登记公钥的私钥签名，每个断言只用一次；令牌最长 10 分钟。启用双向 TLS 的，令牌只能与同一证书并用。

    RFC 7523: signed with the private part of a registered key; every assertion is good for one use, every token for
    ten minutes at most. Where mutual TLS is switched on, a token works with the certificate it was given to only.
    """
    client = _client(request, client_assertion)
    granted = access_tokens.grant(client, scope.split(), certificate_of(request), clock.now())
    return {
        "access_token": granted.token,
        "token_type": "Bearer",
        "expires_in": granted.seconds,
        "scope": " ".join(granted.purposes),
    }


@router.post(
    "/oauth/revoke",
    auth=None,
    response=answers(Revoked, 400, 401, 422),
    operation_id="revoke",
    summary="作废访问令牌 · Revoke an access token",
)
def revoke(
    request: HttpRequest,
    token: Annotated[str, Form(min_length=1, max_length=200)],
    client_assertion_type: AssertionType,
    client_assertion: Assertion,
) -> dict[str, Any]:
    """RFC 7009：立即失效；不是本客户端的令牌，答复相同而不受影响。 At once; somebody else's token stays as it is."""
    client = _client(request, client_assertion)
    access_tokens.revoke(token, client, clock.now())
    return {"revoked": True}


def _client(request: HttpRequest, assertion: str) -> ApiClient:
    if any(len(request.POST.getlist(name)) > 1 for name in PARAMETERS):
        raise SuspiciousOperation  # A parameter twice can be read in two ways (RFC 6749, section 3.2).
    if needs_certificate() and not certificate_of(request):
        raise AssertionRefused(
            "本平台要求双向 TLS：请求没有带可读的客户端证书。",
            "This platform asks for mutual TLS, and the request carries no certificate that can be read.",
            code="certificate_missing",
        )
    return assertions.authenticate(assertion, audience(), clock.now())
