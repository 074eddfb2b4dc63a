"""A comment on a change as pages show it, to the officers of the centre and to the agency that made it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from chengxin.catalogue.change_words import english
from chengxin.catalogue.comments import Comment
from chengxin.ui.formats import moment


def shown(each: Comment) -> dict[str, Any]:
    """Return a comment as a page shows it: who said what when, and the answer or that there is none yet."""
    told = {"number": each.number, "who": _who(each), "at": moment(each.made_at)}
    return {
        "id": each.id,
        "number": each.number,
        "title": _("意见 %(number)s · %(who)s · %(at)s") % told,
        "text": each.said.text if each.said else _("内容已依法删除。"),
        "contact": each.said.contact if each.said else "",
        "answer": each.answer,
        "answered_at": each.answered_at,
    }


def _who(each: Comment) -> str:
    if each.agency is not None:
        return each.agency.name_en if english() else each.agency.name_zh
    return each.said.name if each.said and each.said.name else _("未署名")
