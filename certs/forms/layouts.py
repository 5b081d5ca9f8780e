"""How long forms are laid out."""

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Fieldset, Layout, Row

# The same groups in the page and in the admin.
WHEN = (
    "steps",
    "daily_after_step",
    "weekdays",
    "from_hour",
    "until_hour",
    "time_zone",
    "holidays",
    "renews_itself",
    "renewal_expected",
    "renewal_grace_days",
)
WHAT_ELSE = (
    "events",
    "unreachable_after",
    "grade_below",
    "finding_severity",
    "tells_renewal",
)
WHOM = (
    "to_contacts",
    "to_team",
    "to_followers",
    "to_members",
    "channels",
    "escalate_after_days",
    "fallback_email",
)
WORDS = ("subject", "body")


def policy_helper() -> FormHelper:
    """Return the layout of a policy: when, what else, whom, in which words."""
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(
        "opened",
        Fieldset("", "name", "notes"),
        Fieldset(
            "When",
            "steps",
            "daily_after_step",
            InlineCheckboxes("weekdays"),
            Row(
                Column("from_hour", css_class="col-6 col-sm-3"),
                Column("until_hour", css_class="col-6 col-sm-3"),
                Column("time_zone", css_class="col-sm-6"),
            ),
            "holidays",
            "renews_itself",
            Row(
                Column("renewal_expected", css_class="col-sm-6"),
                Column("renewal_grace_days", css_class="col-sm-6"),
            ),
        ),
        Fieldset(
            "What else",
            "events",
            Row(
                Column("unreachable_after", css_class="col-sm-4"),
                Column("grade_below", css_class="col-sm-4"),
                Column("finding_severity", css_class="col-sm-4"),
            ),
            "tells_renewal",
        ),
        Fieldset(
            "Whom",
            "to_contacts",
            "to_team",
            "to_followers",
            Row(Column("to_members", css_class="col-sm-6")),
            Field("channels"),
            Row(
                Column("escalate_after_days", css_class="col-sm-6"),
                Column("fallback_email", css_class="col-sm-6"),
            ),
        ),
        Fieldset("Words", "subject", "body"),
    )
    return helper
