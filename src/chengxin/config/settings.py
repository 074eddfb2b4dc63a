"""Settings, read from the environment; safe by default and loud where a demonstration relaxes something."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from chengxin.config.database import from_url

HOME = Path(os.environ.get("CHENGXIN_HOME", Path(__file__).resolve().parents[3]))
VAR = Path(os.environ.get("CHENGXIN_VAR", HOME / "var"))
LAW_DIR = Path(os.environ.get("CHENGXIN_LAW", HOME / "law"))
CHENGXIN_KEYS_DIR = Path(os.environ.get("CHENGXIN_KEYS", VAR / "keys"))
DEMO = os.environ.get("CHENGXIN_DEMO") == "1"
DEMO_DAY = os.environ.get("CHENGXIN_DEMO_DAY") if DEMO else None
DEBUG = False

_secret = CHENGXIN_KEYS_DIR / "secret.key"
SECRET_KEY = _secret.read_text().strip() if _secret.exists() else ""
ALLOWED_HOSTS = os.environ.get("CHENGXIN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "chengxin.vault",
    "chengxin.ledger",
    "chengxin.ui",
    "chengxin.accounts",
    "chengxin.cases",
    "chengxin.catalogue",
    "chengxin.registry",
    "chengxin.supervision",
    "chengxin.intake",
    "chengxin.disclosure",
    "chengxin.rights",
    "chengxin.monitoring",
    "chengxin.portal",
    "chengxin.console",
    "chengxin.api",
]

MIDDLEWARE = [
    "chengxin.config.quiet.LeadsNowhereTelling",
    "django.middleware.security.SecurityMiddleware",
    "chengxin.config.unavailable.SaysSo",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chengxin.catalogue.freshness.FreshCatalogue",
    "chengxin.config.sandbox.OnlySynthetic",
]

ROOT_URLCONF = "chengxin.config.urls"
WSGI_APPLICATION = "chengxin.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "chengxin.ui.context.site",
            ],
        },
    }
]

DATABASES = {"default": from_url(os.environ.get("CHENGXIN_DATABASE", f"sqlite:///{VAR / 'chengxin.sqlite3'}"))}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["chengxin.accounts.hashers.BoundedArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
# Hosts the feed may be pushed to, as host or host:port; none unless the operator names them.
CHENGXIN_PUSH_HOSTS = [host for host in os.environ.get("CHENGXIN_PUSH_HOSTS", "").split(",") if host]
# Hosts of recipients' public pages that the compliance probe may read; none unless the operator names them.
CHENGXIN_PROBE_HOSTS = [host for host in os.environ.get("CHENGXIN_PROBE_HOSTS", "").split(",") if host]
# The address under which callers reach this installation; what signed assertions must be meant for is built from it.
CHENGXIN_ORIGIN = os.environ.get("CHENGXIN_ORIGIN", "http://127.0.0.1:8000").rstrip("/")
# Addresses of proxies whose word counts for the caller's address and certificate; none unless the operator names them.
CHENGXIN_PROXIES = frozenset(filter(None, os.environ.get("CHENGXIN_PROXIES", "").split(",")))
# The header in which such a proxy hands on the client's certificate (mutual TLS); empty switches the binding off.
CHENGXIN_CERTIFICATE_HEADER = os.environ.get("CHENGXIN_CERTIFICATE_HEADER", "")
# No installation repeats its chance; only the settings of tests name a seed.
CHANCE_SEED: str | None = None
# Limits of requests; an operator whose proxy counts already, or who measures, switches them off.
CHENGXIN_QUOTAS = os.environ.get("CHENGXIN_QUOTAS") != "0"
# A sandbox takes synthetic identity numbers only (docs/adr/0010-sandbox.md).
CHENGXIN_SANDBOX = os.environ.get("CHENGXIN_SANDBOX") == "1"
CHENGXIN_PROVINCE = os.environ.get("CHENGXIN_PROVINCE", "jiangsu")
LOCALE_PATHS = [HOME / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_HTTPONLY = True
SECURE_COOKIES = os.environ.get("CHENGXIN_TLS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"quiet": {"()": "chengxin.config.quiet.SaysLittle"}},
    # On the handler: filters of a logger are not asked about what its children, such as django.security.csrf, log.
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["quiet"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
