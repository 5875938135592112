"""Who settles returns and reads audits; a signed audit never changes."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "return.view_return": roles.STAFF,
    "return.settle_return": [roles.AR_CLERK, roles.FINANCE_MANAGER, roles.ADMINISTRATOR],
    "shippingaudit.view_shippingaudit": [
        *(roles.SHIPPING, roles.WAREHOUSE, roles.FINANCE_MANAGER),
        *(roles.AUDITOR, roles.ADMINISTRATOR),
    ],
}
PROTECT = """
CREATE FUNCTION shipping_shippingaudit_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' OR OLD.state = 'signed' THEN
        RAISE EXCEPTION 'signed shipping audits are never changed or deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shipping_shippingaudit_signed BEFORE UPDATE OR DELETE ON shipping_shippingaudit
    FOR EACH ROW EXECUTE FUNCTION shipping_shippingaudit_signed();
CREATE TRIGGER shipping_shippingaudit_whole BEFORE TRUNCATE ON shipping_shippingaudit
    FOR EACH STATEMENT EXECUTE FUNCTION shipping_shippingaudit_signed();
CREATE FUNCTION shipping_auditsample_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' OR EXISTS (
        SELECT FROM shipping_shippingaudit a WHERE a.state = 'signed'
           AND a.id IN (coalesce(NEW.audit_id, OLD.audit_id), coalesce(OLD.audit_id, NEW.audit_id))
    ) THEN
        RAISE EXCEPTION 'samples of signed shipping audits are never changed or deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shipping_auditsample_signed
    BEFORE INSERT OR UPDATE OR DELETE ON shipping_auditsample
    FOR EACH ROW EXECUTE FUNCTION shipping_auditsample_signed();
CREATE TRIGGER shipping_auditsample_whole BEFORE TRUNCATE ON shipping_auditsample
    FOR EACH STATEMENT EXECUTE FUNCTION shipping_auditsample_signed();
"""
UNPROTECT = """
DROP TRIGGER shipping_auditsample_whole ON shipping_auditsample;
DROP TRIGGER shipping_auditsample_signed ON shipping_auditsample;
DROP FUNCTION shipping_auditsample_signed();
DROP TRIGGER shipping_shippingaudit_whole ON shipping_shippingaudit;
DROP TRIGGER shipping_shippingaudit_signed ON shipping_shippingaudit;
DROP FUNCTION shipping_shippingaudit_signed();
"""


class Migration(migrations.Migration):
    dependencies = [("shipping", "0005_papers")]

    operations = [
        migrations.AlterModelOptions(
            name="return",
            options={
                "permissions": [
                    ("work_return", "Can announce, receive and inspect returns"),
                    ("settle_return", "Can agree to credit a return, or refuse to"),
                ]
            },
        ),
        migrations.RunSQL(PROTECT, UNPROTECT),
        migrations.RunPython(roles.grant("shipping", GRANTS), migrations.RunPython.noop),
    ]
