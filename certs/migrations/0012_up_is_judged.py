from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certs', '0011_trust_until_judged'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'up'), _negated=True), models.Q(('is_trusted__isnull', False), ('name_matches__isnull', False), ('not_after__isnull', False), ('not_before__isnull', False)), _connector='OR'), name='endpoint_up_has_a_certificate'),
        ),
    ]
