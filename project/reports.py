"""What the mails to the administrators about errors leave out."""

from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class DiscreetFilter(SafeExceptionReporterFilter):
    """Hides every field of a form that sounds secret, whichever view it was sent to.

    Django hides those that a view names, and not every view of other people's does.
    """

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        parameters = super().get_post_parameters(request)
        hidden = [name for name in parameters if self.hidden_settings.search(name)]
        if hidden:
            parameters = parameters.copy()
        for name in hidden:
            parameters[name] = self.cleansed_substitute
        return parameters
