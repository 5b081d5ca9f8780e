"""Who may: Django's permissions, which the roles give, as on the pages."""

from rest_framework.permissions import DjangoModelPermissions


class ModelPermissions(DjangoModelPermissions):
    """A view of a model takes the model's permissions, for looking too.

    What a permission covers of it (one's own teams) is the business of querysets and
    services; a token's limits are those of its authentication.
    """

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
        "OPTIONS": ["%(app_label)s.view_%(model_name)s"],
    }
