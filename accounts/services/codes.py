"""One-time passwords count once (RFC 6238, section 5.2)."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth

from accounts import sealing
from accounts.models import LastStep, User


def claim(user: User, code: str) -> bool:
    """Use `code` up if it is one of the app's; False when it has been before.

    True says that nothing speaks against it: it may still be a wrong code, or one of
    the recovery codes. Raises UnreadableSecretError.
    """
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return app is None or claim_step(user, sealing.unseal(app.data["secret"]), code)


def claim_step(user: User, secret: str, code: str) -> bool:
    """Use up the time step in which the app with `secret` shows `code`, if any.

    Steps only go forward, so a code that was seen over somebody's shoulder, and any
    before it, is worth nothing once its owner is in. The count of the update decides
    between two who come at once.
    """
    for step in auth.yield_hotp_counters_from_time():
        expected = auth.format_hotp_value(auth.hotp_value(secret, step))
        if compare_user_code(actual=code, expected=expected):
            LastStep.objects.bulk_create([LastStep(user=user)], ignore_conflicts=True)
            older = LastStep.objects.filter(user=user, step__lt=step)
            return older.update(step=step) == 1
    return True
