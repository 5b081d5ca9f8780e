"""The settings of the REST API: who may ask, how often, and in which shape."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any


def framework(*, per_person: int, per_address: int, sign_ins: int) -> dict[str, Any]:
    """Return REST_FRAMEWORK; the rates are numbers of requests in a minute."""
    return {
        # In this order: what has a token is not asked for its cookies.
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "accounts.api.authentication.BearerAuthentication",
            "rest_framework.authentication.SessionAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["accounts.api.parsers.FlatJSONParser"],
        "DEFAULT_THROTTLE_CLASSES": [
            "accounts.api.throttles.PersonThrottle",
            "accounts.api.throttles.AddressThrottle",
        ],
        "DEFAULT_THROTTLE_RATES": {
            "person": f"{per_person}/min",
            "address": f"{per_address}/min",
            "sign-in": f"{sign_ins}/min",
        },
        "DEFAULT_METADATA_CLASS": None,  # OPTIONS tells nobody what a view takes
        "EXCEPTION_HANDLER": "accounts.api.errors.answer",
    }


def json_web_tokens(
    secret_key: str, *, host: str, access: timedelta, refresh: timedelta
) -> dict[str, Any]:
    """Return SIMPLE_JWT, with a key of its own that follows from `secret_key`.

    What signs sessions and links signs no tokens, and the other way round.
    """
    key = hmac.new(secret_key.encode(), b"certdesk: JSON Web Tokens", hashlib.sha256)
    return {
        "ACCESS_TOKEN_LIFETIME": access,
        "REFRESH_TOKEN_LIFETIME": refresh,
        "ALGORITHM": "HS256",  # the only one that is taken
        "SIGNING_KEY": key.hexdigest(),
        "ISSUER": host,
        "AUDIENCE": f"{host}/api/",
        "USER_ID_CLAIM": "sub",  # RFC 7519, 4.1.2
        # Rotation, blacklist and password changes: accounts/services/sign_ins.py.
        "ROTATE_REFRESH_TOKENS": True,
        "BLACKLIST_AFTER_ROTATION": True,
    }
