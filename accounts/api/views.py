"""Who am I, and JSON Web Tokens for who has none yet."""

from dataclasses import asdict
from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)
from rest_framework.exceptions import (
    AuthenticationFailed,
    PermissionDenied,
    Throttled,
)
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.tokens import AccessToken

from accounts.api.authentication import BearerAuthentication, InvalidToken
from accounts.api.serializers import (
    PersonSerializer,
    RefreshSerializer,
    SignInSerializer,
    TokenSerializer,
)
from accounts.api.throttles import AddressThrottle, SignInThrottle
from accounts.models import ApiToken
from accounts.requests import person
from accounts.services import credentials, sign_ins

PAUSE = 300  # seconds, as at the door


@method_decorator(never_cache, name="dispatch")
class Me(APIView):
    """The person that a request is from, and by what we know."""

    def get(self, request: Request) -> Response:
        """Return person, role, teams and the way of the sign-in."""
        data = PersonSerializer(person(request)).data
        return Response({**data, "authentication": _proof(request.auth)})


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class Door(APIView):
    """What is asked before anybody is known; a session or a token changes nothing."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (AddressThrottle,)

    def get_authenticate_header(self, request: Request) -> str:
        """Return what makes a refusal 401 where nothing else could be asked for."""
        return BearerAuthentication().authenticate_header(request)


class SignIn(Door):
    """An access and a refresh token for name, password and one-time password."""

    throttle_classes = (SignInThrottle,)

    @sensitive_variables("given")
    def post(self, request: Request) -> Response:
        """Sign in, as strictly as on the page."""
        given = SignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            user = credentials.check(
                request._request,  # noqa: SLF001 - allauth wants Django's
                name=given.validated_data["username"],
                password=given.validated_data["password"],
                code=given.validated_data["code"],
            )
        except credentials.TooOftenError as error:
            raise Throttled(PAUSE) from error
        except credentials.WrongError as error:
            raise AuthenticationFailed(str(error), code=error.code) from error
        except credentials.RefusedError as error:
            raise PermissionDenied(str(error), code=error.code) from error
        return Response(asdict(sign_ins.begin(user)))


class Renew(Door):
    """New tokens for a refresh token, once."""

    def post(self, request: Request) -> Response:
        """Rotate."""
        return Response(asdict(_with(request, sign_ins.renew)))


class SignOut(Door):
    """The end of a refresh token."""

    def post(self, request: Request) -> Response:
        """Sign out."""
        _with(request, sign_ins.end)
        return Response(status=204)


@sensitive_variables("given")
def _with(request: Request, act: Any) -> Any:
    """Call `act` with the refresh token in the body."""
    given = RefreshSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    try:
        return act(given.validated_data["refresh"])
    except sign_ins.SignInOverError as error:
        raise InvalidToken(str(error)) from error


def _proof(proof: object) -> dict[str, Any]:
    if isinstance(proof, ApiToken):
        return {
            "method": "api_token",
            "read_only": proof.is_read_only,
            "token": TokenSerializer(proof).data,
        }
    method = "access_token" if isinstance(proof, AccessToken) else "session"
    return {"method": method, "read_only": False, "token": None}
