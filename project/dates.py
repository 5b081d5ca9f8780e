"""The filter `date` in every template, the admin's too: as the reader writes dates."""

import datetime

from django import template
from django.template import defaultfilters

from accounts import dates

register = template.Library()


@register.filter("date", expects_localtime=True, is_safe=False)
def written(value: datetime.date | str | None, form: str | None = None) -> str:
    """Write a date or moment as Django's filter does, in the reader's language."""
    with dates.in_words():
        return str(defaultfilters.date(value, form))
