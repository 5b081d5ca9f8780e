"""What the change log follows, in the words of django-auditlog, and what it leaves out.

Data alone, because the settings read it before there are models. A test holds every
model of the site to one of the two lists, and every name to the models.
"""

from typing import Any

TRACKED: list[dict[str, Any]] = [
    {
        "model": "accounts.User",
        "exclude_fields": ["last_login", "date_joined"],  # both have entries
        "mask_fields": ["password"],
        "m2m_fields": ["groups", "user_permissions"],
    },
    {
        "model": "accounts.Team",
        "exclude_fields": ["warning"],  # has entries of its own
        "m2m_fields": ["members"],
    },
    {
        "model": "accounts.ApiToken",
        "exclude_fields": ["created_at", "last_used_at", "last_used_from"],
        "mask_fields": ["digest"],
    },
    {
        "model": "accounts.Invitation",
        "exclude_fields": ["created_at", "sent_at"],
        "mask_fields": ["token_hash"],
        "m2m_fields": ["teams"],
    },
    {"model": "auth.Group", "m2m_fields": ["permissions"]},
    {"model": "account.EmailAddress"},
    {
        "model": "mfa.Authenticator",
        "exclude_fields": ["created_at", "last_used_at"],
        "mask_fields": ["data"],
    },
    {
        "model": "socialaccount.SocialAccount",
        "exclude_fields": ["last_login", "date_joined", "extra_data"],
    },
    {
        "model": "socialaccount.SocialApp",
        "mask_fields": ["secret", "key", "settings"],
    },
    {"model": "certs.Contact"},
    {"model": "certs.Tag"},
    {
        "model": "certs.Endpoint",
        # What checks find is in the history of the endpoint.
        "exclude_fields": [
            "created_at",
            "followers",  # what somebody reads, and no edit of the endpoint
            "status",
            "certificate",
            "not_before",
            "not_after",
            "issuer",
            "name_matches",
            "is_trusted",
            "grade",
            "findings",
            "error_code",
            "error_text",
            "observed_at",
            "changed_at",
            "deep_check",
            "next_check_at",
            "check_claim",
            "next_deep_check_at",
            "deep_check_claim",
            "next_notice_at",
        ],
        "m2m_fields": ["contacts", "tags"],
    },
    {"model": "certs.TrustStore", "m2m_fields": ["teams"]},
    {"model": "certs.Policy", "m2m_fields": ["channels"]},
    {"model": "certs.TeamPolicy"},
    {
        "model": "certs.Channel",
        "exclude_fields": ["tested_at", "test_error"],
        "mask_fields": ["sealed_url"],
    },
    {"model": "certs.Acknowledgement"},
    {"model": "certs.TrustRoot", "exclude_fields": ["added_by", "added_at"]},
    {"model": "certs.RevocationList", "include_fields": ["store", "url"]},
]

# Model or app, and why its changes are no entries.
NOT_TRACKED = {
    "account.EmailConfirmation": "a link that runs out; the address has entries",
    "accounts.Change": "the log itself",
    "accounts.LastStep": "which code was used last",
    "accounts.Turn": "who may change rights at the moment",
    "admin.LogEntry": "the admin's own log; the records' history pages show ours",
    "auth.Permission": "made by migrations, edited by nobody",
    "certs.Certificate": "as it was served, edited by nobody",
    "certs.CertificateText": "follows from certificates",
    "certs.DeepCheck": "what a check found",
    "certs.Duty": "when regular work was done",
    "certs.Job": "who asked for it and what became of it are its own record",
    "certs.Letter": "the ledger of what was sent is its own record",
    "certs.Notice": "the ledger of what was sent is its own record",
    "certs.Undeliverable": "what mail servers said",
    "certs.Worker": "which processes run",
    "certs.Figure": "counted, not edited",
    "certs.EndpointText": "follows from endpoints",
    "certs.Observation": "what a check found",
    "contenttypes.ContentType": "made by migrations",
    "sessions.Session": "who is signed in: sign-ins have entries",
    "socialaccount.SocialToken": "of the company's sign-in, renewed by itself",
    "token_blacklist.BlacklistedToken": "follows from signing out",
    "token_blacklist.OutstandingToken": "renewed every few minutes by itself",
    "usersessions.UserSession": "who is signed in: sign-ins have entries",
}
