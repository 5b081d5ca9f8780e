"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

from project import views

urlpatterns = [
    path("", include("certs.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = "project.outage.bad_request"
handler429 = "accounts.limits.too_many"
handler500 = "project.outage.server_error"
