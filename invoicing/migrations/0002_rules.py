"""Who may see, issue and send invoices; and that an issued one says the same for ever.

Of an issued invoice only the state and the PDF may change, of its lines and taxes nothing.
"""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "invoice.view_invoice": [
        roles.SALES_REP,
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "invoice.issue_invoice": [roles.AR_CLERK, roles.FINANCE_MANAGER],
    "invoice.send_invoice": [roles.AR_CLERK, roles.COLLECTOR, roles.FINANCE_MANAGER],
}

CREATE = """
CREATE FUNCTION invoicing_issued_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - '{state,pdf_id}'::text[] = to_jsonb(OLD) - '{state,pdf_id}'::text[] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'issued invoices are never changed or deleted'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER invoicing_issued_is_final BEFORE UPDATE OR DELETE ON invoicing_invoice
    FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION invoicing_issued_is_final();
CREATE TRIGGER invoicing_invoices_stay BEFORE TRUNCATE ON invoicing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_issued_is_final();

CREATE FUNCTION invoicing_parts_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM touched JOIN invoicing_invoice ON invoicing_invoice.id = touched.invoice_id
         WHERE invoicing_invoice.number IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'lines and taxes of issued invoices are never added, changed or deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
DROP = """
DROP TRIGGER invoicing_issued_is_final ON invoicing_invoice;
DROP TRIGGER invoicing_invoices_stay ON invoicing_invoice;
DROP FUNCTION invoicing_issued_is_final;
DROP FUNCTION invoicing_parts_are_final;
"""
# One trigger per kind of change: a line must neither leave an issued invoice nor join one.
PARTS = """
CREATE TRIGGER {table}_final_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER {table}_final_leave AFTER UPDATE ON {table} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER {table}_final_join AFTER UPDATE ON {table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER {table}_final_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER {table}_stay BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_issued_is_final();
"""
NO_PARTS = """
DROP TRIGGER {table}_final_insert ON {table};
DROP TRIGGER {table}_final_leave ON {table};
DROP TRIGGER {table}_final_join ON {table};
DROP TRIGGER {table}_final_delete ON {table};
DROP TRIGGER {table}_stay ON {table};
"""
TABLES = ["invoicing_invoiceline", "invoicing_invoicetax"]


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        *(
            migrations.RunSQL(PARTS.format(table=table), NO_PARTS.format(table=table))
            for table in TABLES
        ),
        migrations.RunPython(roles.grant("invoicing", GRANTS), migrations.RunPython.noop),
    ]
