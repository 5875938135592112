"""What must always be true of orders."""

from o2c.kernel.invariants import invariant
from orders.revisions import CONTENT

invariant(
    "orders.claims_of_a_line_stay_within_what_was_ordered",
    """
    SELECT o.number, l.position FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
     WHERE l.cancelled + l.allocated + l.shipped > l.ordered
    """,
)
invariant(
    "orders.line_quantities_are_in_their_order",
    """
    SELECT o.number, l.position FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
     WHERE NOT (l.cancelled >= 0 AND l.allocated >= 0
                AND l.cancelled + l.picking <= l.ordered AND l.picked <= l.picking
                AND l.shipped <= l.picked AND l.delivered <= l.shipped
                AND l.returned <= l.shipped AND l.invoiced <= l.shipped
                AND l.credited <= l.invoiced)
    """,
)
invariant(
    "orders.header_state_follows_the_line_quantities",
    """
    WITH done AS (
        SELECT order_id,
               bool_or(ordered - cancelled > shipped) AS is_open,
               bool_or(picking > 0 OR shipped > 0) AS is_begun,
               bool_and(invoiced >= shipped) AS is_billed,
               bool_and(delivered >= shipped) AS is_delivered
          FROM orders_orderline GROUP BY order_id)
    SELECT o.number, o.state FROM orders_order o JOIN done ON done.order_id = o.id
     WHERE o.state IN ('released', 'fulfilling', 'shipped', 'delivered', 'invoiced', 'closed')
       AND o.state <> CASE
           WHEN is_open AND is_begun THEN 'fulfilling'
           WHEN is_open THEN 'released'
           WHEN NOT is_begun THEN 'cancelled'
           WHEN is_billed AND o.settled_at IS NOT NULL THEN 'closed'
           WHEN is_billed THEN 'invoiced'
           WHEN is_delivered THEN 'delivered'
           ELSE 'shipped' END
    """,
)
invariant(
    "orders.nothing_moves_on_an_order_that_waits_is_declined_or_cancelled",
    """
    SELECT o.number, o.state, l.position
      FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
     WHERE o.state IN ('draft', 'submitted', 'in_review', 'on_hold', 'declined', 'cancelled')
       AND (l.allocated > 0 OR l.picking > 0 OR l.shipped > 0)
    """,
)
invariant(
    "orders.a_cancelled_order_has_every_line_cancelled",
    """
    SELECT o.number, l.position FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
     WHERE o.state = 'cancelled' AND l.cancelled <> l.ordered
    """,
)
invariant(
    "orders.what_was_submitted_has_lines_and_amounts_that_are_theirs",
    """
    SELECT o.number, o.net_amount, sum(l.net_amount) AS lines
      FROM orders_order o LEFT JOIN orders_orderline l ON l.order_id = o.id
     WHERE o.state <> 'draft'
     GROUP BY o.id HAVING count(l.id) = 0 AND o.state <> 'cancelled'
        OR o.net_amount <> coalesce(sum(l.net_amount), 0)
    """,
)
invariant(
    "orders.what_was_called_off_is_what_orders_took",
    """
    SELECT b.number, l.position, l.called, coalesce(t.taken, 0) AS taken
      FROM orders_blanketline l JOIN orders_blanketorder b ON b.id = l.blanket_id
      LEFT JOIN (SELECT x.blanket_line_id, sum(x.ordered - x.cancelled) AS taken
                   FROM orders_orderline x JOIN orders_order o ON o.id = x.order_id
                  WHERE x.blanket_line_id IS NOT NULL AND o.state NOT IN ('draft', 'declined')
                  GROUP BY x.blanket_line_id) t ON t.blanket_line_id = l.id
     WHERE l.called <> coalesce(t.taken, 0)
    """,
)
invariant(
    "orders.an_accepted_quote_is_the_order_that_was_taken_of_it",
    """
    SELECT q.number, o.number AS of_order
      FROM orders_quote q JOIN orders_order o ON o.id = q.order_id
     WHERE q.customer_id <> o.customer_id OR q.currency <> o.currency
        OR NOT EXISTS (SELECT FROM orders_quoteline l WHERE l.quote_id = q.id AND l.accepted > 0)
    """,
)
invariant(
    "orders.latest_revision_is_what_the_order_says",
    f"""
    SELECT o.number, kept.number AS revision
      FROM (SELECT DISTINCT ON (order_id) order_id, number, content
              FROM orders_orderrevision ORDER BY order_id, number DESC) kept
      JOIN orders_order o ON o.id = kept.order_id
     WHERE kept.content <> {CONTENT}
    """,  # noqa: S608  our own text
)
invariant(
    "orders.applied_amendments_have_their_revision",
    """
    SELECT a.number, a.state
      FROM orders_amendment a LEFT JOIN orders_orderrevision r ON r.amendment_id = a.id
     WHERE (a.state = 'applied') <> (r.id IS NOT NULL AND r.order_id = a.order_id)
    """,
)
invariant(
    "orders.lines_are_taken_off_lines_of_the_same_order_and_product",
    """
    SELECT rest.id AS line, origin.id AS origin
      FROM orders_orderline rest JOIN orders_orderline origin ON origin.id = rest.split_from_id
     WHERE rest.order_id <> origin.order_id OR rest.product_id <> origin.product_id
    """,
)
invariant(
    "orders.nothing_goes_on_while_its_approval_waits",
    """
    SELECT o.number, o.state FROM orders_orderapproval a JOIN orders_order o ON o.id = a.order_id
     WHERE a.state = 'asked' AND o.state NOT IN ('draft', 'cancelled')
    """,
)
invariant(
    "orders.who_asked_for_an_approval_has_not_decided_it",
    """
    SELECT o.number, a.decided_by_id
      FROM orders_orderapproval a JOIN orders_order o ON o.id = a.order_id
     WHERE a.state IN ('approved', 'refused') AND a.decided_by_id = a.asked_by_id
    """,
)
