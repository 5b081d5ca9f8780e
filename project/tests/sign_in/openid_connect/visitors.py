"""Who came in through the provider."""

from accounts.models import User


def ann():
    return User.objects.get(username="ann")


def others():
    return User.objects.exclude(username="root")


def is_signed_in(client):
    return "_auth_user_id" in client.session
