"""The one settings file. Everything that differs between installations is read from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env(name).split(",") if part.strip()]


def env_bool(name: str, default: bool = False) -> bool:
    return env(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


DEMO = env_bool("DEMO")  # demo accounts, a movable clock: never with a production setting
DEBUG = env_bool("DEBUG")
PRODUCTION = env_bool("PRODUCTION")
_DEV_SECRET = "demo-only-" + "x" * 50  # a demo and the tests need no secret of their own


def secret(name: str, fallback: str) -> str:
    """A secret of this installation. Production refuses to start without it."""
    value = env(name)
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} is required in production")
    return value or fallback


if PRODUCTION and (DEMO or DEBUG):
    raise ImproperlyConfigured("PRODUCTION excludes DEMO and DEBUG")

SECRET_KEY = secret("SECRET_KEY", _DEV_SECRET)
HASH_KEY = secret("HASH_KEY", _DEV_SECRET)  # keyed hashes of identity numbers: never changes
FIELD_KEYS = secret("FIELD_KEYS", "a1Z6bWl0c3luaC1kZW1vLWZpZWxkLWtleS0wMDAwMDA=").split(",")  # newest first
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or (
    [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES") or (
    ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12"] if PRODUCTION else []
)
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000")  # absolute links in messages

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_fsm",
    "ninja",
    "workflow",
    "accounts",
    "selection",
    "studios",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.chosen_language",
    "config.middleware.text_alone",
    "config.middleware.read_once",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.Refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "workflow.templatetags.lx",
            ],
        },
    }
]

DATABASE_URL = env("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'lingxuan.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at its first statement instead of failing at its last
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
]
if DEMO:
    PASSWORD_HASHERS.insert(
        0, "accounts.demo.DemoPasswordHasher"
    )  # passwords that no other installation accepts
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage" if PRODUCTION else (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)  # fmt: skip
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700


def file_storage() -> dict[str, Any]:
    """Where uploaded files lie: on this disk, or in a private bucket that nobody but this program reads."""
    bucket = env("STORAGE_S3_BUCKET")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {
        "bucket_name": bucket,
        "endpoint_url": env("STORAGE_S3_ENDPOINT") or None,
        "region_name": env("STORAGE_S3_REGION") or None,
        "access_key": env("STORAGE_S3_ACCESS_KEY") or None,
        "secret_key": env("STORAGE_S3_SECRET_KEY") or None,
        "addressing_style": env("STORAGE_S3_ADDRESSING", "auto"),
        "signature_version": "s3v4",
        "file_overwrite": False,
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 300,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {"default": file_storage(), "staticfiles": {"BACKEND": _STATIC}}

CLAMAV_HOST = env("CLAMAV_HOST")  # the virus scanner's daemon, by name and port …
CLAMAV_PORT = int(env("CLAMAV_PORT", "3310"))
CLAMAV_SOCKET = env(
    "CLAMAV_SOCKET"
)  # … or by its socket; without either nothing is scanned, and records say so

_MAIL = "smtp" if env("EMAIL_HOST") else "filebased" if DEMO else "console"
EMAIL_BACKEND = f"django.core.mail.backends.{_MAIL}.EmailBackend"
EMAIL_FILE_PATH = env("EMAIL_FILE_PATH", str(BASE_DIR / "var" / "mail"))  # of the demo: one file a message
EMAIL_HOST = env("EMAIL_HOST")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "lingxuan@localhost")

IDEMPOTENCY_DAYS = int(env("IDEMPOTENCY_DAYS", "30"))  # how long an API request may be repeated under its key

CELERY_BROKER_URL = env("CELERY_BROKER_URL", "memory://")
if CELERY_BROKER_URL == "memory://":
    CELERY_BROKER_URL += "localhost/"  # kombu warns where a broker has no host
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.05} if CELERY_BROKER_URL.startswith("memory") else {"visibility_timeout": 60}
)
# "progress": how far long work is (workflow/whisper.py) and whether public pages are fresh (workflow/freshness.py), seen
# by every process. "pages": finished public pages, in each process's own memory. "papers": PDFs that are public, found by
# a digest of what they print. "default" keeps nothing of ours.
_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": _MEMORY},
    "pages": {"BACKEND": _MEMORY, "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 256}},
    "papers": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": env("PAPERS_ROOT", str(BASE_DIR / "var" / "papers")),
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
    "progress": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CELERY_BROKER_URL,
        "KEY_PREFIX": "lingxuan",
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": env("PROGRESS_ROOT", str(BASE_DIR / "var" / "progress")),
    },
}
PUBLIC_PAGES_KEPT = env_bool("PUBLIC_PAGES_KEPT", default=True)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps no file: what is due is found in the database

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = int(env("SECURE_HSTS_SECONDS", "31536000"))
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
