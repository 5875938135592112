"""One business day of a trading company, played by the real services.

Everything that is waiting is worked by the person whose work it is: orders come in, credit is
decided, goods are picked, packed, shipped and delivered, invoices are paid, the day is closed.
What the real portal's users enter meanwhile is left alone: the twin works only on documents of
its own customers that were there at its own, simulated hour.
"""

from o2c.kernel import jobs
from simulation.buying import place_order
from simulation.desk import decide_credit, receive_payments, review_invoices
from simulation.floor import count_stock, deliver_shipments, work_the_floor
from simulation.twin import Twin


def play_day(twin: Twin, *, new_orders: int) -> None:
    """Play the twin's present day from morning to night."""
    receive_payments(twin)
    deliver_shipments(twin)
    for number in range(new_orders):
        place_order(twin, number)
    decide_credit(twin)
    review_invoices(twin)
    count_stock(twin)
    work_the_floor(twin)
    jobs.run_day(twin.day, at=twin.at(20))
