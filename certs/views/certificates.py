"""Certificates that come by hand instead of from an endpoint."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from certs.forms import CertificateForm
from certs.services import inventory


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.add_certificate", raise_exception=True)
def add(request: SignedInRequest) -> HttpResponse:
    """Add pasted or uploaded certificates to the inventory."""
    form = CertificateForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        stored = inventory.store(form.certificates(), now=timezone.now())
        text = ngettext(
            "%d certificate is in the inventory: %s.",
            "%d certificates are in the inventory: %s.",
            len(stored),
        )
        names = ", ".join(str(certificate) for certificate in list(stored.values())[:5])
        messages.success(request, text % (len(stored), names))
        for remark in form.remarks():
            messages.info(request, remark)
        return redirect("certs:certificate-add")
    return render(request, "certs/certificate_form.html", {"form": form})
