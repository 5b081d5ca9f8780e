"""What a provider says of a person, and whether it may be believed."""

from collections.abc import Mapping
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

# Signatures with a key pair: neither "none" nor HMAC, whose secret would be public.
ALGORITHMS = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
    "EdDSA",
)
LEEWAY = 60  # seconds that the provider's clock may be off
GROUPS = 1_000


class ClaimsError(OAuth2Error):
    """The provider's answer does not hold, or is not for us."""


def verified(
    token: object, *, keys: object, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """Return the claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7).

    Raises ClaimsError unless it is signed by one of `keys`, from `issuer`, for us, of
    now, and the answer to our own question: that is what `nonce` says.
    """
    if not isinstance(token, str):
        raise ClaimsError("There is no ID token.")
    try:
        claims = jwt.decode(
            token,
            key=_key(token, keys),
            algorithms=list(ALGORITHMS),
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise ClaimsError(f"The ID token does not hold: {error}") from error
    if not nonce or claims.get("nonce") != nonce:
        raise ClaimsError("The ID token answers another question.")
    if claims.get("azp", client_id) != client_id:
        raise ClaimsError("The ID token was made for somebody else.")
    if not claims["sub"]:
        raise ClaimsError("The ID token names nobody.")
    return dict(claims)


def _key(token: str, keys: object) -> jwt.PyJWK:
    """Return the key that the token names, or the only one there is."""
    if not isinstance(keys, dict):
        raise ClaimsError("The provider has no keys.")
    name = jwt.get_unverified_header(token).get("kid")
    found = [
        key
        for key in jwt.PyJWKSet.from_dict(keys).keys
        if key.public_key_use in {None, "sig"} and name in {None, key.key_id}
    ]
    if len(found) != 1:
        raise ClaimsError("The provider has no such key.")
    return found[0]


def groups(claims: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """Return the groups in the claim `name`, which may be a path such as `a.b`.

    None when the provider left them out for their number: Entra ID names them in
    `_claim_names` then, which says nothing about who is in which.
    """
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, dict) and name in elsewhere:
        return None
    value: Any = claims.get(name)
    if value is None:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return frozenset()
    return frozenset(item for item in value[:GROUPS] if isinstance(item, str))
