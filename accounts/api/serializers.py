"""Shapes in and out of the API about people."""

from datetime import UTC
from typing import Any

from rest_framework import serializers

from accounts.models import ApiToken, Team, User
from accounts.roles import Role


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team by its names."""

    class Meta:
        model = Team
        fields = ("slug", "name")
        read_only_fields = fields


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """The API token that asks."""

    expires_at = serializers.DateTimeField(default_timezone=UTC)

    class Meta:
        model = ApiToken
        fields = ("name", "prefix", "expires_at")
        read_only_fields = fields


class PersonSerializer(serializers.ModelSerializer[User]):
    """Who asks; nothing here can be written."""

    name = serializers.CharField(source="get_full_name")
    role = serializers.SerializerMethodField()
    teams = TeamSerializer(many=True)

    class Meta:
        model = User
        fields = ("username", "name", "email", "role", "teams", "time_zone")
        read_only_fields = fields

    def get_role(self, user: User) -> str | None:
        """Return the strongest role, null without any."""
        if user.is_superuser:
            return Role.ADMINISTRATOR.value
        roles = user.roles()
        return roles[-1].value if roles else None


class SignInSerializer(serializers.Serializer[Any]):
    """What a person types to sign in."""

    username = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    code = serializers.CharField(max_length=16, default="")


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token."""

    refresh = serializers.CharField(max_length=2048)
