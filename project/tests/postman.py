"""A process of its own for tests: fills a database, or gathers and delivers for ever.

`python -m project.tests.postman fill NUMBER` leaves as many notices, for
half as many people; `work HOURS` works as at so many hours after the notices' time.
"""

import os
import sys
import time
from datetime import timedelta


def main():
    import django  # noqa: PLC0415 - the settings read the environment first

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    verb, number = sys.argv[1], int(sys.argv[2])
    {"fill": fill, "work": work}[verb](number)


def fill(number):
    from django.core.management import call_command  # noqa: PLC0415 - as above

    from certs.models import Endpoint, Letter  # noqa: PLC0415 - as above
    from certs.tests.factories import make_checked  # noqa: PLC0415 - as above
    from certs.tests.warned import make_notice  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    Endpoint.objects.all().delete()
    Letter.objects.all().delete()
    endpoint = make_checked(days=7)
    for each in range(number):
        make_notice(endpoint, recipient=f"{each // 2}@example.org")


def work(hours):
    from certs.services.notices import delivery, letters  # noqa: PLC0415 - as above
    from certs.tests.factories import NOW  # noqa: PLC0415 - as above

    now = NOW + timedelta(hours=hours)
    print("at work", flush=True)  # noqa: T201 - the test waits for it
    while True:
        letters.gather(now=now)
        for _ in delivery.deliver(now=now):
            pass
        time.sleep(0.05)


if __name__ == "__main__":
    main()
