"""What people change about themselves."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.person import ProfileForm
from accounts.models import User
from accounts.models.user import validate_time_zone
from accounts.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """One's own name and time zone."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "Your profile was saved.")
        return redirect("accounts:profile")
    request.user.refresh_from_db()  # a refused form leaves no trace in the page's head
    return render(request, "accounts/profile.html", {"form": form})


@require_POST
def detect_time_zone(request: SignedInRequest) -> HttpResponse:
    """Take the browser's zone for a person who has none yet."""
    zone = request.POST.get("time_zone", "")
    try:
        validate_time_zone(zone)
    except ValidationError:
        return HttpResponse(status=400)
    User.objects.filter(pk=request.user.pk, time_zone="").update(time_zone=zone)
    return HttpResponse(status=204)
