"""The forms by which the centre issues a token, renews it, and pins the key of a department's system."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_CODE = forms.TextInput(attrs={"autocomplete": "off"})


class ClientForm(forms.Form):
    """For which unit, for which purposes, for how long."""

    uscc = forms.CharField(label=_("单位的统一社会信用代码"), max_length=18, widget=_CODE)
    purposes = forms.MultipleChoiceField(
        label=_("用途"),
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("只勾选这个系统需要的；以后要增加用途，须另行签发。"),
    )
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=90, initial=90, help_text=_("最长 90 天。"))
    per_minute = forms.IntegerField(
        label=_("合同约定的每分钟次数"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("合同没有约定的不填，按平台统一的限次。"),
    )

    def __init__(self, purposes: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purposes"].choices = purposes  # type: ignore[attr-defined]  # A choice field.


class RotateForm(forms.Form):
    """How long the old token goes on working."""

    overlap = forms.IntegerField(
        label=_("新旧令牌并用天数"),
        min_value=0,
        max_value=14,
        initial=7,
        help_text=_("期间两个令牌都有效，便于对方换上新令牌；填 0 的，旧令牌立即失效。最长 14 天。"),
    )


class KeyForm(forms.Form):
    """The public key with which the system signs, and whether the long token goes on working."""

    jwk = forms.CharField(
        label=_("对方系统的公钥（JWK）"),
        max_length=4096,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("一段 JSON：EC P-256、Ed25519，或者不短于 2048 位的 RSA。只收公钥；私钥由对方自己保存。"),
    )
    keep_token = forms.BooleanField(
        label=_("原来的长期令牌继续有效"),
        required=False,
        help_text=_("不勾选的，从现在起只能用签名换取 10 分钟的访问令牌，更安全。"),
    )


class PeerForm(forms.Form):
    """Whose system, and its public key."""

    uscc = forms.CharField(label=_("单位的统一社会信用代码"), max_length=18, widget=_CODE)
    public_key = forms.CharField(
        label=_("对方系统的 SM2 公钥（十六进制）"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("128 位，或者以 04 开头的 130 位；空格和换行不计。"),
    )
    checked = forms.BooleanField(label=_("已通过另一渠道（当面或电话）与该单位逐字核对公钥"))
