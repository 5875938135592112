"""What must always be true of credit."""

from babel.core import get_global

from o2c.kernel.invariants import invariant

# Currencies whose minor unit is not a hundredth, as a CASE of their decimals.
DECIMALS = " ".join(
    f"WHEN '{currency}' THEN {fractions[0]}"
    for currency, fractions in sorted(get_global("currency_fractions").items())
    if fractions[0] != get_global("currency_fractions")["DEFAULT"][0] and currency != "DEFAULT"
)
invariant(
    "credit.exposure_is_the_sum_of_its_entries",
    """
    SELECT account.customer_id, account.exposure, coalesce(entered.amount, 0) AS entries
      FROM credit_creditaccount AS account
      LEFT JOIN (SELECT account_id, sum(amount) AS amount
                   FROM credit_exposureentry GROUP BY account_id) AS entered
        ON entered.account_id = account.customer_id
     WHERE account.exposure <> coalesce(entered.amount, 0)
    """,
)

# The same formula as `orders.selectors.open_gross`: net per line, tax per category and rate, both
# rounded half up to the currency's minor unit.
invariant(
    "credit.open_orders_are_what_is_still_to_be_shipped",
    f"""
    WITH line AS (
        SELECT placed.id AS order_id, placed.customer_id, line.tax_category, line.tax_rate,
               CASE placed.currency {DECIMALS} ELSE 2 END AS decimals,
               line.unit_price * (line.ordered - line.cancelled - line.shipped) AS amount
          FROM orders_order AS placed JOIN orders_orderline AS line ON line.order_id = placed.id
         WHERE placed.state IN
               ('released', 'fulfilling', 'shipped', 'delivered', 'invoiced', 'closed')
           AND line.ordered <> line.cancelled + line.shipped
           AND NOT EXISTS (SELECT FROM credit_farorder AS far WHERE far.order_id = placed.id)
    ), base AS (
        SELECT order_id, customer_id, tax_rate, decimals, sum(round(amount, decimals)) AS net
          FROM line GROUP BY order_id, customer_id, tax_category, tax_rate, decimals
    ), owed AS (
        SELECT customer_id, sum(net + round(net * tax_rate, decimals)) AS amount
          FROM base GROUP BY customer_id
    ), entered AS (
        SELECT account_id, sum(amount) AS amount
          FROM credit_exposureentry WHERE kind = 'open_order' GROUP BY account_id
    )
    SELECT coalesce(customer_id, account_id) AS customer_id,
           coalesce(owed.amount, 0) AS orders, coalesce(entered.amount, 0) AS entries
      FROM owed FULL JOIN entered ON account_id = customer_id
     WHERE coalesce(owed.amount, 0) <> coalesce(entered.amount, 0)
    """,  # noqa: S608  numbers and codes of currencies
)

invariant(
    "credit.orders_left_out_are_confirmed_and_not_counted",
    """
    SELECT placed.number, placed.state, far.wanted_on
      FROM credit_farorder AS far JOIN orders_order AS placed ON placed.id = far.order_id
     WHERE placed.state NOT IN
           ('released', 'fulfilling', 'shipped', 'delivered', 'invoiced', 'closed')
        OR far.customer_id <> placed.customer_id
        OR EXISTS (SELECT FROM orders_orderline AS line
                    WHERE line.order_id = placed.id AND line.picking + line.shipped > 0)
    """,
)

invariant(
    "credit.accounts_and_groups_are_in_the_currency_of_their_customer",
    """
    SELECT customer.number, customer.currency, account.currency AS account,
           known.currency AS group
      FROM customers_customer AS customer
      LEFT JOIN credit_creditaccount AS account ON account.customer_id = customer.id
      LEFT JOIN credit_creditgroup AS known ON known.parent_id = customer.id
     WHERE account.currency <> customer.currency OR known.currency <> customer.currency
    """,
)

invariant(
    "credit.orders_are_released_by_a_check_that_allowed_them",
    """
    SELECT placed.number, placed.state
      FROM orders_order AS placed
     WHERE (placed.state IN
            ('released', 'fulfilling', 'shipped', 'delivered', 'invoiced', 'closed')
            OR placed.released_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM credit_creditcheck AS allowing
                        WHERE allowing.order_id = placed.id AND allowing.outcome = 'allow')
    """,
)

# An order's moment may be read a little before its customer is locked: a minute is room enough.
invariant(
    "credit.no_order_is_released_while_a_hold_stands",
    """
    SELECT placed.number, hold.id AS hold, hold.kind
      FROM orders_order AS placed
      JOIN credit_hold AS hold ON hold.customer_id = placed.customer_id
     WHERE placed.released_at > hold.placed_at + interval '1 minute'
       AND (hold.released_at IS NULL OR placed.released_at < hold.released_at)
       AND hold.order_id IS NULL
     UNION
    SELECT placed.number, NULL, 'seen by the check'
      FROM credit_creditcheck AS allowing JOIN orders_order AS placed
        ON placed.id = allowing.order_id
     WHERE allowing.outcome = 'allow' AND jsonb_array_length(allowing.inputs -> 'holds') > 0
    """,
)

invariant(
    "credit.checks_allow_no_more_than_the_limit_or_a_permission",
    """
    SELECT id, inputs
      FROM credit_creditcheck
     WHERE outcome = 'allow'
       AND (inputs ->> 'exposure')::numeric + (inputs ->> 'amount')::numeric
           > (inputs ->> 'limit')::numeric + coalesce((inputs ->> 'backing')::numeric, 0)
       AND coalesce((inputs -> 'release' ->> 'amount')::numeric, 0)
           < (inputs ->> 'amount')::numeric
       AND coalesce((inputs ->> 'prepaid')::numeric, 0) < (inputs ->> 'amount')::numeric
       AND NOT coalesce((inputs ->> 'is_far')::boolean, false)
    """,
)

invariant(
    "credit.checks_allow_no_more_than_the_limit_of_the_group_or_a_permission",
    """
    SELECT id, inputs
      FROM credit_creditcheck
     WHERE outcome = 'allow' AND jsonb_typeof(inputs -> 'group') = 'object'
       AND (inputs -> 'group' ->> 'exposure')::numeric + (inputs ->> 'amount')::numeric
           > (inputs -> 'group' ->> 'limit')::numeric
       AND coalesce((inputs -> 'release' ->> 'amount')::numeric, 0)
           < (inputs ->> 'amount')::numeric
       AND coalesce((inputs ->> 'prepaid')::numeric, 0) < (inputs ->> 'amount')::numeric
       AND NOT coalesce((inputs ->> 'is_far')::boolean, false)
    """,
)

invariant(
    "credit.limits_are_those_of_the_latest_decision",
    """
    SELECT account.customer_id, account."limit", latest."limit" AS decided
      FROM credit_creditaccount AS account
      LEFT JOIN credit_creditdecision AS latest ON latest.id = account.latest_decision_id
     WHERE account."limit" <> coalesce(latest."limit", 0)
        OR account.latest_decision_id IS DISTINCT FROM (
           SELECT max(id) FROM credit_creditdecision WHERE customer_id = account.customer_id)
    """,
)

invariant(
    "credit.decided_applications_have_a_decision",
    """
    SELECT number, state
      FROM credit_creditapplication AS application
     WHERE state IN ('approved', 'declined')
       AND NOT EXISTS (SELECT FROM credit_creditdecision AS decision
                        WHERE decision.customer_id = application.customer_id
                          AND decision.outcome = application.state
                          AND decision.decided_at = application.decided_at)
    """,
)

invariant(
    "credit.automatic_decisions_are_what_the_guidelines_said",
    """
    SELECT decision.id, decision.customer_id, decision.rule
      FROM credit_creditdecision AS decision
     WHERE decision.guideline_id IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM credit_guidelineverdict AS verdict
             JOIN credit_creditapplication AS application ON application.id = verdict.application_id
            WHERE application.customer_id = decision.customer_id
              AND verdict.at = decision.decided_at
              AND verdict.guideline_id = decision.guideline_id
              AND verdict.rule = decision.rule AND verdict.inputs = decision.inputs
              AND verdict."limit" = decision."limit"
              AND verdict.outcome = CASE decision.outcome WHEN 'approved' THEN 'approve'
                                                          ELSE 'decline' END)
    """,
)

# A hold of the customer, one of the order, or an application says why an order waits.
invariant(
    "credit.orders_that_wait_have_a_reason_that_stands",
    """
    SELECT placed.number, placed.state
      FROM orders_order AS placed
     WHERE placed.state IN ('on_hold', 'in_review')
       AND NOT EXISTS (SELECT FROM credit_hold AS hold
                        WHERE hold.customer_id = placed.customer_id AND hold.released_at IS NULL
                          AND (hold.order_id IS NULL OR hold.order_id = placed.id))
       AND NOT EXISTS (SELECT FROM credit_creditapplication AS application
                        WHERE application.customer_id = placed.customer_id
                          AND application.state IN ('open', 'referred', 'awaiting_documents'))
    """,
)

invariant(
    "credit.holds_of_orders_end_when_the_order_waits_no_more",
    """
    SELECT placed.number, placed.state, hold.id AS hold, hold.kind
      FROM credit_hold AS hold JOIN orders_order AS placed ON placed.id = hold.order_id
     WHERE hold.released_at IS NULL AND placed.state NOT IN ('on_hold', 'in_review')
    """,
)
