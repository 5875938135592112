"""Who may see and keep packs and tax certificates."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "productunit.view_productunit": roles.STAFF,
    "taxexemption.view_taxexemption": roles.STAFF,
    "taxexemption.add_taxexemption": [roles.ADMINISTRATOR, roles.AR_CLERK],
}


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_units_and_taxes"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("catalog", GRANTS), migrations.RunPython.noop),
    ]
