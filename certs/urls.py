"""The pages of the inventory."""

from django.urls import path

from certs.views import certificates, dashboard, endpoint_edit, endpoints
from certs.views.warnings import acknowledge, coming, leave, ledger, mail

app_name = "certs"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("endpoints/", endpoints.endpoint_list, name="endpoints"),
    path("endpoints/export.csv", endpoints.export, name="endpoints-export"),
    path("endpoints/add/", endpoint_edit.add, name="endpoint-add"),
    path("endpoints/<uuid:pk>/", endpoints.endpoint_detail, name="endpoint"),
    path("endpoints/<uuid:pk>/edit/", endpoint_edit.edit, name="endpoint-edit"),
    path("endpoints/<uuid:pk>/delete/", endpoint_edit.delete, name="endpoint-delete"),
    path("endpoints/<uuid:pk>/follow/", endpoints.follow, name="endpoint-follow"),
    path("endpoints/<uuid:pk>/check/", endpoint_edit.check, name="endpoint-check"),
    path(
        "endpoints/<uuid:pk>/deep-check/",
        endpoint_edit.deep_check,
        name="endpoint-deep-check",
    ),
    path("certificates/add/", certificates.add, name="certificate-add"),
    path("endpoints/mail/", mail.mail_many, name="endpoints-mail"),
    path("endpoints/<uuid:pk>/mail/", mail.mail_one, name="endpoint-mail"),
    path(
        "endpoints/<uuid:pk>/acknowledge/",
        acknowledge.acknowledge,
        name="warning-acknowledge",
    ),
    path(
        "endpoints/<uuid:pk>/acknowledge/withdraw/",
        acknowledge.withdraw,
        name="warning-withdraw",
    ),
    path("warnings/", ledger.notices, name="warnings"),
    path("warnings/next/", coming.coming, name="warnings-next"),
    path(
        "warnings/acknowledge/<str:token>/",
        acknowledge.follow_link,
        name="warning-acknowledge-link",
    ),
    path(
        "warnings/unsubscribe/<str:token>/",
        leave.LeaveView.as_view(),
        name="warning-unsubscribe",
    ),
]
