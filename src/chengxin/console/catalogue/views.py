"""The catalogue desk: what is under way, and one change with its impact, its history and its next steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import change_reading, changes
from chengxin.catalogue.change_words import word
from chengxin.catalogue.changes import NoSuchChange
from chengxin.console.catalogue import pages
from chengxin.console.catalogue.words import said
from chengxin.monitoring import catalogue_impact
from chengxin.rules.errors import Refusal
from chengxin.rules.workflows.catalogue_item import CATALOGUE_ITEM
from chengxin.ui import clock

View = Callable[..., HttpResponse]


def user_of(request: HttpRequest) -> Any:
    """Return the signed-in user."""
    return request.user


def desk(view: View) -> View:
    """Let in whoever has a part in changing the catalogue; a refusal becomes a page that says why."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not change_reading.may_enter(user_of(request)):
                raise NotPermitted(
                    "您没有目录变更的权限；请联系本单位管理员。", "You hold no role at this desk; ask your unit."
                )
            return view(request, *args, **kwargs)
        except NoSuchChange as unknown:
            raise Http404 from unknown
        except NotPermitted as refusal:
            return render(request, "console/catalogue/refused.html", {"sentence": said(refusal)}, status=403)

    return guarded


@require_safe
@desk
def listing(request: HttpRequest) -> HttpResponse:
    """List the changes, all or those in one state."""
    state = request.GET.get("state", "")
    known = {each.code for each in CATALOGUE_ITEM.states}
    tabs = [{"text": _("全部"), "href": "/console/catalogue/", "current": state not in known}]
    tabs += [
        {"text": word((each.zh, each.en)), "href": f"?state={each.code}", "current": each.code == state, "count": count}
        for each, count in change_reading.counts()
    ]
    rows = [pages.row(each) for each in change_reading.listed(state if state in known else "")]
    context = {
        "tabs": tabs,
        "rows": rows,
        "columns": [{"text": text} for text in (_("变更"), _("种类"), _("状态"), _("生效日"), _("起草人"))],
        "drafts": can_may(user_of(request), Permission.MANAGE_CATALOGUE),
    }
    return render(request, "console/catalogue/list.html", context)


@require_safe
@desk
def one(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Show one change."""
    return _show(request, change_id)


def _show(request: HttpRequest, change_id: UUID, error: str = "", status: int = 200) -> HttpResponse:
    # After a refusal, and when asked, the impact is counted anew; otherwise what was counted a moment ago is shown.
    anew = bool(error) or "anew" in request.GET
    change = change_reading.change(change_id)
    context = pages.whole(change, user_of(request), now=clock.now(), today=clock.today(), anew=anew)
    context["errors"] = [error] if error else []
    return render(request, "console/catalogue/change.html", context, status=status)


@require_POST
@desk
def take(request: HttpRequest, change_id: UUID, action: str) -> HttpResponse:
    """Take one step with the reason given."""
    given = request.POST.get("version", "")
    common: dict[str, Any] = {
        "actor": user_of(request), "now": clock.now(), "today": clock.today(),
        "version": int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None,
    }  # fmt: skip
    reason = request.POST.get("reason", "")[:2000]
    try:
        if action == "approve":
            catalogue_impact.approve(change_id, reason, request.POST.get("impact", ""), **common)
        elif action in change_reading.BY_HAND:
            changes.act(change_id, action, reason, **common)
        else:
            raise Http404
    except (NoSuchChange, NotPermitted):
        raise
    except Refusal as refusal:
        return _show(request, change_id, said(refusal), 422)
    messages.success(request, _("已办理，并写入存证日志。"))
    return redirect("console:catalogue_change", change_id=change_id)
