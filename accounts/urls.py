"""One's own profile, and the people of the site; the door itself is allauth's."""

from django.urls import path

from accounts.views import enrolment, profile, teams, users

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("users/", users.user_list, name="users"),
    path("users/export.csv", users.export, name="users-export"),
    path("users/import/", enrolment.upload, name="users-import"),
    path("users/template.csv", enrolment.template, name="users-template"),
    path("users/change/", users.change_many, name="users-change"),
    path("users/suggest/", users.suggest, name="users-suggest"),
    path("users/add/", users.add, name="user-add"),
    path("users/<uuid:pk>/", users.edit, name="user-edit"),
    path("users/<uuid:pk>/active/", users.set_active, name="user-active"),
    path("users/<uuid:pk>/reset/", users.send_reset, name="user-reset"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/add/", teams.add, name="team-add"),
    path("teams/<uuid:pk>/", teams.edit, name="team-edit"),
    path("teams/<uuid:pk>/delete/", teams.delete, name="team-delete"),
    path("teams/<uuid:pk>/members/", teams.add_member, name="team-member-add"),
    path(
        "teams/<uuid:pk>/members/<uuid:user>/remove/",
        teams.remove_member,
        name="team-member-remove",
    ),
]
