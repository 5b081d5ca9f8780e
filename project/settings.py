"""Settings, all from the environment. With nothing set: a safe site for this machine.

`docs/configuration.md` lists the variables.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from certs.pki.guard import Guard, IPNetwork, parse_networks
from project import api, databases, logs, mail
from project.env import ConfigurationError, Environment, secret_key

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment.from_process(BASE_DIR)

VERSION = "0.1.0"
ENVIRONMENT = env.choice(
    "ENVIRONMENT", "development", among=("development", "production")
)
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", default=False)
if DEBUG and PRODUCTION:
    raise ConfigurationError("DEBUG", "must not be on where ENVIRONMENT is production")

# --- who we are -------------------------------------------------------------------
SECRET_KEY = secret_key(
    env, production=PRODUCTION, path=BASE_DIR / "var" / "secret_key"
)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", "" if PRODUCTION else "localhost 127.0.0.1 [::1]"
)
if not ALLOWED_HOSTS:
    raise ConfigurationError("ALLOWED_HOSTS", "is not set: name the site's host names")
_host = env.url("DEFAULT_HOST", "http://127.0.0.1:8000")
if _host.scheme not in {"http", "https"} or not _host.hostname:
    raise ConfigurationError("DEFAULT_HOST", "must be http:// or https:// and a host")
DEFAULT_HOST = _host.geturl().rstrip("/")
CSRF_TRUSTED_ORIGINS = [f"{_host.scheme}://{_host.netloc}"]

INSTALLED_APPS = [
    "project.apps.BackOfficeConfig",
    "project.apps.AccessConfig",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "accounts",
    "certs",
    "project.apps.ProjectConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"ui": "project.ui"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("bootstrap5",)
CRISPY_TEMPLATE_PACK = "bootstrap5"
TEST_RUNNER = "project.runner.PytestRunner"

# --- data -------------------------------------------------------------------------
DATABASES = {
    "default": databases.from_url(
        env.url(
            "DATABASE_URL", "sqlite:///var/certdesk.sqlite3", formerly="CONNECTSTRING"
        ),
        directory=BASE_DIR,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -----------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"django.contrib.auth.password_validation.{name}",
        "OPTIONS": options,
    }
    for name, options in {
        "UserAttributeSimilarityValidator": {
            "user_attributes": ("username", "display_name", "email")
        },
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of accounts from before
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",  # rights
    "allauth.account.auth_backends.AuthenticationBackend",  # user name or e-mail
]
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "certs:dashboard"
ACCOUNT_ADAPTER = "accounts.door.Door"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True  # the old address counts until the new one is confirmed
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_EMAIL_NOTIFICATIONS = True  # "your password was changed", and its like
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody mails strangers through this site
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _host.scheme

# Programs: API tokens, JSON Web Tokens and how often they may ask.
API_TOKEN_MAX_DAYS = env.integer("API_TOKEN_MAX_DAYS", 365, low=1, high=3650)
REST_FRAMEWORK = api.framework(
    per_person=env.integer("API_RATE", 300, low=1, high=100_000),
    per_address=env.integer("API_ADDRESS_RATE", 60, low=1, high=100_000),
    sign_ins=env.integer("API_SIGN_IN_RATE", 10, low=1, high=1000),
    proxies=env.integer("PROXY_COUNT", 1, low=1, high=10)
    if env.flag("BEHIND_PROXY", default=False)
    else 0,
)
SIMPLE_JWT = api.json_web_tokens(
    SECRET_KEY,
    host=DEFAULT_HOST,
    access=timedelta(minutes=env.integer("JWT_ACCESS_MINUTES", 5, low=1, high=10)),
    refresh=timedelta(hours=env.integer("JWT_REFRESH_HOURS", 24, low=1, high=168)),
)

# --- words and times --------------------------------------------------------------
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["project.formats"]
USE_TZ = True
TIME_ZONE = "UTC"  # of the code and the database
DEFAULT_VIEWER_ZONE = env.zone("DEFAULT_TIME_ZONE", "UTC")  # of who has not chosen

# --- files ------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / env.text("STATIC_ROOT", "var/static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Bytes. Room for a paste of megabytes, so that its field can say it is too long.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- mail and logs ----------------------------------------------------------------
vars().update(mail.from_url(env.url("SMTP_URL", formerly="SMTPHOST")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "DEFAULT_CONTACT", f"Certdesk <certdesk@{_host.hostname}>"
)
EMAIL_SUBJECT_PREFIX = "[Certdesk] "
ADMINS = env.people("ADMINS")
LOGGING = logs.config(
    env.choice(
        "LOG_LEVEL", "INFO", among=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    )
)

# --- what browsers are told -------------------------------------------------------
HTTPS = _host.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # who watches the site asks it directly
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0  # one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.flag("BEHIND_PROXY", default=False)
    else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's arrows and ticks are data: URIs
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- checks -----------------------------------------------------------------------
CHECK_TIMEOUT = env.integer("CHECK_TIMEOUT", 10, low=1, high=60)  # seconds
CHECK_CONCURRENCY = env.integer("CHECK_CONCURRENCY", 100, low=1, high=1000)


def _networks(name: str) -> tuple[IPNetwork, ...]:
    try:
        return parse_networks(env.text(name))
    except ValueError as error:
        raise ConfigurationError(name, str(error)) from error


CHECK_GUARD = Guard(
    allow_loopback=env.flag("CHECK_LOOPBACK", default=not PRODUCTION),
    allow=_networks("CHECK_ALLOW"),
    deny=_networks("CHECK_DENY"),
)
