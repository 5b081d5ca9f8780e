"""Settings, all from the environment. With nothing set: a safe site for this machine.

`docs/configuration.md` lists the variables.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF

from accounts.mapping import Mapping
from certs.pki.guard import Guard, IPNetwork, parse_networks
from certs.pki.tls import DEFAULT_CONCURRENCY
from project import api, caches, changelog, databases, logs, mail, queues, sign_in
from project.env import (
    ConfigurationError,
    Environment,
    second_factor_rights,
    secret_key,
    secrets_keys,
)
from project.schedule import SCHEDULE

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
    "auditlog",
    "accounts",
    "certs",
    "project.apps.ProjectConfig",
]
MIDDLEWARE = [
    # What every answer carries, those of files and refusals too.
    "django.middleware.security.SecurityMiddleware",
    "accounts.middleware.OriginMiddleware",
    "csp.middleware.CSPMiddleware",
    "project.headers.HeadersMiddleware",
    "project.limits.BodyLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.DatesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.SeenMiddleware",
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
            "builtins": ["project.dates"],
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
# Counts of tries, shared by all processes of the site: see DECISIONS.md 49.
CACHES = {
    "default": caches.from_url(
        env.url("CACHE_URL", "file:///var/cache"), directory=BASE_DIR
    )
}

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
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "certs:dashboard"
ACCOUNT_ADAPTER = "accounts.door.Door"
ACCOUNT_FORMS = {
    "login": "accounts.forms.door.SignInForm",
    "add_email": "accounts.forms.door.ChangeAddressForm",
    "change_password": "accounts.forms.door.NewPasswordForm",
    "set_password": "accounts.forms.door.FirstPasswordForm",
    "reset_password": "accounts.forms.door.ResetForm",
    "reset_password_from_key": "accounts.forms.door.ResetPasswordForm",
    "reauthenticate": "accounts.forms.door.AgainForm",
    "signup": "accounts.registration.RegistrationForm",
}
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
# A session ends with the browser; after "Keep me signed in", after these days.
SESSION_COOKIE_AGE = env.integer("SESSION_DAYS", 14, low=1, high=365) * 24 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # whatever way somebody came in
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds that a link works
# Django's: allauth's own notes addresses down while it makes a link.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = (
    "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
)
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
# Tries per time, by address of the client (ip), by who is asked for (key), or by who is
# signed in (user). What is not here is as allauth has it.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "accept_invitation": "20/m/ip",
    "company_sign_in": "30/m/ip",
    "unsubscribe": "60/m/ip",  # a mail provider asks for many readers
    "mail_contacts": "30/m/user",
}
# How many proxies of ours add to X-Forwarded-For; without one the header is not read.
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
_proxies = env.integer("PROXY_COUNT", 1, low=1, high=10)
ALLAUTH_TRUSTED_PROXY_COUNT = _proxies if BEHIND_PROXY else 0
MAIL_THREADS = 2  # that send what nobody waits for; 0 sends at once

# The second factor, and what is sealed in the database.
SECRETS_KEYS = secrets_keys(env, fallback=SECRET_KEY)
SECOND_FACTOR_RIGHTS = second_factor_rights(
    env, default="Administrator" if PRODUCTION else "none"
)
MFA_ADAPTER = "accounts.second_factor.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Certdesk"
MFA_TOTP_TOLERANCE = 1  # steps, for phones' clocks; no code counts twice
# Nobody signs in before an address is confirmed; this allows to change it later.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "accounts.forms.factor.ActivateAppForm",
    "add_webauthn": "accounts.forms.factor.AddPasskeyForm",
    "authenticate": "accounts.forms.factor.CodeForm",
    "authenticate_webauthn": "accounts.forms.factor.PasskeyForm",
    "edit_webauthn": "accounts.forms.factor.EditPasskeyForm",
    "login_webauthn": "accounts.forms.factor.SignInPasskeyForm",
    "reauthenticate": "accounts.forms.factor.ConfirmCodeForm",
    "reauthenticate_webauthn": "accounts.forms.factor.ConfirmPasskeyForm",
}

# Joining: invitations, registration, company sign-in.
INVITATION_LIFETIME = timedelta(days=env.integer("INVITATION_DAYS", 7, low=1, high=90))
_ways_in = sign_in.from_environment(env)
vars().update(_ways_in)
LOCAL_PASSWORDS: bool = _ways_in["LOCAL_PASSWORDS"]
# A passkey alone opens the door only where a password of this site does too.
MFA_PASSKEY_LOGIN_ENABLED = LOCAL_PASSWORDS
REGISTRATION_OPEN: bool = _ways_in["REGISTRATION_OPEN"]
REGISTRATION_DOMAINS: list[str] = _ways_in["REGISTRATION_DOMAINS"]
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = _ways_in["SOCIALACCOUNT_PROVIDERS"]
OIDC_CLAIM: str = _ways_in["OIDC_CLAIM"]
OIDC_MAPPING: Mapping = _ways_in["OIDC_MAPPING"]
OIDC_CREATE_ACCOUNTS: bool = _ways_in["OIDC_CREATE_ACCOUNTS"]
LDAP_USER_NAME: str = _ways_in.get("LDAP_USER_NAME", "")
LDAP_MAIL: str = _ways_in.get("LDAP_MAIL", "")
LDAP_NAME: str = _ways_in.get("LDAP_NAME", "")
LDAP_MAPPING: Mapping = _ways_in.get("LDAP_MAPPING", Mapping())
LDAP_LINK: bool = _ways_in.get("LDAP_LINK", False)

# Programs: API tokens, JSON Web Tokens and how often they may ask.
API_TOKEN_MAX_DAYS = env.integer("API_TOKEN_MAX_DAYS", 365, low=1, high=3650)
REST_FRAMEWORK = api.framework(
    per_person=env.integer("API_RATE", 300, low=1, high=100_000),
    per_address=env.integer("API_ADDRESS_RATE", 60, low=1, high=100_000),
    sign_ins=env.integer("API_SIGN_IN_RATE", 10, low=1, high=1000),
)
SIMPLE_JWT = api.json_web_tokens(
    SECRET_KEY,
    host=DEFAULT_HOST,
    access=timedelta(minutes=env.integer("JWT_ACCESS_MINUTES", 5, low=1, high=10)),
    refresh=timedelta(hours=env.integer("JWT_REFRESH_HOURS", 24, low=1, high=168)),
)

# The change log: django-auditlog notices, accounts.Change keeps (docs/change-log.md).
AUDITLOG_LOGENTRY_MODEL = "accounts.Change"
AUDITLOG_INCLUDE_TRACKING_MODELS = changelog.TRACKED
AUDITLOG_STORE_JSON_CHANGES = True
AUDITLOG_DISABLE_ON_RAW_SAVE = True  # restored rows are no changes
AUDITLOG_MASK_CALLABLE = "accounts.values.mask"
# Its migrations make its own table even where another takes its place; that one would
# stay empty, and hold on to the users.
MIGRATION_MODULES = {"auditlog": None}
CHANGELOG_DAYS = env.integer("CHANGELOG_DAYS", 730, low=1, high=36_500)
CHANGELOG_KEYS = [SECRET_KEY, *env.words("CHANGELOG_OLD_KEYS")]

# --- work in the background: docs/work.md -----------------------------------------
_broker = queues.from_url(
    env.url("BROKER_URL", "file:///var/queue"), directory=BASE_DIR
)
# By these names, because Celery's command line takes BROKER_URL as its own.
CELERY_BROKER_READ_URL = CELERY_BROKER_WRITE_URL = _broker.url
CELERY_BROKER_TRANSPORT_OPTIONS = _broker.options
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "project.beat.Scheduler"
# What became of work is in the database, and so is the work: a message that is lost,
# or comes twice, costs nothing but time.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# Who takes work and is not heard of after this time has died: another takes it.
WORK_LEASE = timedelta(seconds=env.integer("WORK_LEASE", 900, low=5, high=86_400))
CHECK_HOURS = env.integer("CHECK_HOURS", 24, low=1, high=720)  # where none are chosen
_ping = env.url("PING_URL")
if _ping.geturl() and (_ping.scheme not in {"http", "https"} or not _ping.hostname):
    raise ConfigurationError("PING_URL", "must be http:// or https:// and a host")
PING_URL = _ping.geturl()
# Files that were asked for; one folder for all who serve and work.
EXPORT_DIR = BASE_DIR / env.text("EXPORT_DIR", "var/exports")

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
# A larger request is refused before it is read. A file stays in memory up to there: one
# with a private key in it must not be written to a temporary folder.
BODY_LIMIT = env.integer("BODY_LIMIT", 10, low=1, high=1024) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- mail and logs ----------------------------------------------------------------
vars().update(mail.from_url(env.url("SMTP_URL", formerly="SMTPHOST")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "DEFAULT_CONTACT", f"Certdesk <certdesk@{_host.hostname}>"
)
EMAIL_SUBJECT_PREFIX = ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Certdesk] "
ADMINS = env.people("ADMINS")
DEFAULT_EXCEPTION_REPORTER_FILTER = "project.reports.DiscreetFilter"
LOGGING = logs.config(
    env.choice(
        "LOG_LEVEL", "INFO", among=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    )
)

# --- what browsers are told -------------------------------------------------------
HTTPS = _host.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:  # so named, no other host of the domain can set them
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # who watches the site asks it directly
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0  # one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],  # sent only where a template asks for one
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
CHECK_CONCURRENCY = env.integer(
    "CHECK_CONCURRENCY", DEFAULT_CONCURRENCY, low=1, high=1000
)


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
