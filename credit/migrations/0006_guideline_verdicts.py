"""What the guidelines said, each time; who writes guidelines; tables in force never change."""

import django.db.models.deletion
from django.db import migrations, models

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "guidelinetable.change_guidelinetable": [
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.FINANCE_MANAGER,
    ],
}
# What earlier applications were told, from the table and rule that they name.
KEEP_EARLIER = """
INSERT INTO credit_guidelineverdict
       (application_id, guideline_id, inputs, rule, outcome, "limit", valid_days, reason, at)
SELECT application.id, guideline.id, application.inputs, application.rule,
       coalesce(rule.entry ->> 'then', 'refer'), coalesce(decision."limit", 0),
       CASE WHEN rule.entry ->> 'then' = 'approve' THEN (rule.entry ->> 'valid_days')::int
            ELSE 0 END,
       coalesce(rule.entry ->> 'reason', 'No guideline speaks about this case.'),
       application.opened_at
  FROM credit_creditapplication AS application
  JOIN credit_guidelinetable AS guideline ON guideline.id = application.guideline_id
  LEFT JOIN LATERAL (
       SELECT entry FROM jsonb_array_elements(guideline.rules) AS entry
        WHERE entry ->> 'name' = application.rule
       ) AS rule ON true
  LEFT JOIN credit_creditdecision AS decision
    ON decision.customer_id = application.customer_id
   AND decision.guideline_id = application.guideline_id
   AND decision.decided_at = application.opened_at
"""
RULES_ARE_FIXED = """
CREATE FUNCTION credit_guidelinetable_rules_are_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'guidelines that were in force are never changed'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER credit_guidelinetable_rules_are_fixed BEFORE UPDATE ON credit_guidelinetable
    FOR EACH ROW WHEN (OLD.status IN ('active', 'retired')
                       AND (NEW.rules <> OLD.rules OR NEW.version <> OLD.version))
    EXECUTE FUNCTION credit_guidelinetable_rules_are_fixed();
"""
RULES_MAY_CHANGE = """
DROP TRIGGER credit_guidelinetable_rules_are_fixed ON credit_guidelinetable;
DROP FUNCTION credit_guidelinetable_rules_are_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0005_control_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="GuidelineVerdict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inputs", models.JSONField()),
                ("rule", models.CharField(blank=True, max_length=60)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("approve", "approved"),
                            ("decline", "declined"),
                            ("refer", "referred"),
                        ],
                        max_length=10,
                    ),
                ),
                ("limit", models.DecimalField(decimal_places=3, max_digits=16)),
                ("valid_days", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verdicts",
                        to="credit.creditapplication",
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credit.guidelinetable",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("limit__gte", 0), ("outcome", "approve"), ("valid_days__gt", 0)
                            ),
                            models.Q(
                                models.Q(("outcome", "approve"), _negated=True),
                                ("limit", 0),
                                ("valid_days", 0),
                            ),
                            _connector="OR",
                        ),
                        name="credit_guidelineverdict_limit_only_if_approved",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP_EARLIER, migrations.RunSQL.noop),
        migrations.RunSQL(*append_only("credit_guidelineverdict", what="verdicts of guidelines")),
        migrations.RunSQL(RULES_ARE_FIXED, RULES_MAY_CHANGE),
        migrations.RunPython(roles.grant("credit", GRANTS), migrations.RunPython.noop),
    ]
