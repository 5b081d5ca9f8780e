"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

from project import views

urlpatterns = [
    path("", include("certs.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = "project.errors.bad_request"
handler403 = "project.errors.permission_denied"
handler404 = "project.errors.page_not_found"
handler429 = "accounts.limits.turned_away"
handler500 = "project.errors.server_error"
