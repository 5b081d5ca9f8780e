"""The door."""

from django.contrib.auth.views import LoginView


class SignInView(LoginView):
    """Sign in; somebody who is signed in already goes on to the dashboard."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True
