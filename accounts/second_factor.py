"""Our answers to what allauth asks about second factors."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from accounts import sealing
from accounts.models import User
from accounts.services import factors


class SecondFactor(DefaultMFAAdapter):
    """Seals secrets, keeps the last factor of who must have one, and names keys."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That did not fit, or has been used before.",
        "cannot_delete_authenticator": (
            "Your role takes a second factor, and this is your last one: "
            "add another before you remove it."
        ),
        "cannot_generate_recovery_codes": (
            "Recovery codes stand in for a second factor: set one up first."
        ),
        "unreadable_secret": (
            "Your second factor cannot be checked here: its key is missing. "
            "Ask an administrator."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Somebody whose role takes a second factor keeps at least one."""
        others = Authenticator.objects.filter(
            user_id=authenticator.user_id, type__in=factors.FACTORS
        ).exclude(pk=authenticator.pk)
        return others.exists() or not factors.is_required(authenticator.user)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - allauth's name
        """Offer a name; people choose a better one."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}"
