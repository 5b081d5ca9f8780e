"""The words of what is in the inventory already; later ones are written with it."""

from django.db import migrations

from certs.pki.hostnames import to_unicode

BATCH = 1000


def folded(words):
    return "\n".join(dict.fromkeys(word.lower() for word in words if word))


def batches(rows):
    rows = rows.order_by("pk")
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:BATCH])


def words(certificate):
    if certificate is None:
        return ()
    names = (*certificate.dns_names, *certificate.ip_addresses)
    return (*names, certificate.subject, certificate.issuer)


def fill(apps, schema_editor):
    CertificateText = apps.get_model("certs", "CertificateText")
    for rows in batches(apps.get_model("certs", "Certificate").objects.defer("der")):
        CertificateText.objects.bulk_create(
            CertificateText(
                certificate=row,
                text=folded(words(row)),
            )
            for row in rows
        )
    EndpointText = apps.get_model("certs", "EndpointText")
    endpoints = apps.get_model("certs", "Endpoint").objects.select_related(
        "certificate"
    )
    for rows in batches(endpoints.defer("certificate__der")):
        EndpointText.objects.bulk_create(
            EndpointText(
                endpoint=row,
                text=folded(
                    (
                        row.host,
                        to_unicode(row.host),
                        row.server_name,
                        row.notes,
                        *words(row.certificate),
                    )
                ),
            )
            for row in rows
        )


class Migration(migrations.Migration):
    dependencies = [("certs", "0003_search_and_indexes")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
