"""The pages of the inventory."""

from django.urls import path

from certs.views import (
    certificates,
    dashboard,
    endpoint_edit,
    endpoints,
    imports,
    jobs,
    policies,
)
from certs.views.warnings import acknowledge, coming, leave, ledger, mail

app_name = "certs"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("endpoints/", endpoints.endpoint_list, name="endpoints"),
    path("endpoints/export.csv", endpoints.export, name="endpoints-export"),
    path("endpoints/export/", jobs.export, name="endpoints-export-job"),
    path("endpoints/check/", jobs.check, name="endpoints-check"),
    path("endpoints/add/", endpoint_edit.add, name="endpoint-add"),
    path("endpoints/import/", imports.upload, name="import"),
    path("endpoints/import/preview/", imports.preview, name="import-preview"),
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
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job_detail, name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("jobs/<uuid:pk>/file/", jobs.download, name="job-file"),
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
    path("warnings/policies/", policies.policy_list, name="policies"),
    path("warnings/policies/add/", policies.add, name="policy-add"),
    path("warnings/policies/<uuid:pk>/", policies.policy_detail, name="policy"),
    path("warnings/policies/<uuid:pk>/edit/", policies.edit, name="policy-edit"),
    path("warnings/policies/<uuid:pk>/delete/", policies.delete, name="policy-delete"),
    path(
        "warnings/policies/<uuid:pk>/duplicate/",
        policies.duplicate,
        name="policy-duplicate",
    ),
    path(
        "warnings/policies/<uuid:pk>/default/",
        policies.make_default,
        name="policy-default",
    ),
    path("warnings/teams/<uuid:pk>/policy/", policies.of_team, name="team-policy"),
]
