"""Append-only journal and applications, a journal that balances, and who works items."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "openitem.view_openitem": [
        roles.SALES_REP,
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "invoicereview.view_invoicereview": [
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "invoicereview.work_invoicereview": [roles.AR_CLERK, roles.COLLECTOR, roles.FINANCE_MANAGER],
    "dispute.view_dispute": [
        roles.SALES_REP,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "dispute.work_dispute": [
        roles.SALES_REP,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
    ],
}

# At the commit, so that an entry may come before its lines; on entries too, because one without
# lines balances nothing.
BALANCED = """
CREATE FUNCTION receivables_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry bigint := CASE TG_TABLE_NAME WHEN 'receivables_journalentry'
                    THEN (to_jsonb(NEW) ->> 'id')::bigint
                    ELSE (to_jsonb(NEW) ->> 'entry_id')::bigint END;
BEGIN
    IF (SELECT COALESCE(sum(debit), 0) = 0 OR sum(debit) <> sum(credit)
          FROM receivables_journalline WHERE entry_id = entry) THEN
        RAISE EXCEPTION 'journal entry % does not balance', entry
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER receivables_journalentry_balances
    AFTER INSERT ON receivables_journalentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION receivables_journal_balances();
CREATE CONSTRAINT TRIGGER receivables_journalline_balances
    AFTER INSERT ON receivables_journalline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION receivables_journal_balances();
"""
NOT_BALANCED = """
DROP TRIGGER receivables_journalentry_balances ON receivables_journalentry;
DROP TRIGGER receivables_journalline_balances ON receivables_journalline;
DROP FUNCTION receivables_journal_balances;
"""


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(BALANCED, NOT_BALANCED),
        migrations.RunSQL(*append_only("receivables_journalentry", what="journal entries")),
        migrations.RunSQL(*append_only("receivables_journalline", what="journal lines")),
        migrations.RunSQL(*append_only("receivables_application", what="applications")),
        migrations.RunPython(roles.grant("receivables", GRANTS), migrations.RunPython.noop),
    ]
