"""What must always be true of customers, and no constraint can hold."""

from o2c.kernel.invariants import invariant

invariant(
    "customers.nobody_belongs_to_themselves",
    """
    WITH RECURSIVE above(id, ancestor) AS (
        SELECT id, parent_id FROM customers_customer WHERE parent_id IS NOT NULL
         UNION SELECT above.id, c.parent_id FROM above
          JOIN customers_customer c ON c.id = above.ancestor WHERE c.parent_id IS NOT NULL
    )
    SELECT id FROM above WHERE id = ancestor
    """,
)
