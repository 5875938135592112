"""What we know before a file is looked at: which customers its rows could mean, in few reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from customers.models import Customer, PaymentTerms
from o2c.kernel.company import the_company
from o2c.kernel.models import Company, User
from o2c.kernel.sheets.tables import Row
from o2c.kernel.text import fold


@dataclass(frozen=True, kw_only=True)
class Known:
    """Customers by number, VAT number and folded name; terms by code and name, reps by e-mail."""

    company: Company
    by_number: Mapping[str, Customer]
    by_vat: Mapping[str, Sequence[Customer]]
    by_name: Mapping[str, Sequence[Customer]]
    terms: Mapping[str, PaymentTerms]
    reps: Mapping[str, User]
    # Numbers that the file itself brings: a parent may stand further down.
    in_file: frozenset[str]


def known_of(rows: Sequence[Row], vat_numbers: Iterable[str]) -> Known:
    """Read what the rows could mean; the number of statements does not depend on theirs."""
    numbers = {row.text(name).upper() for row in rows for name in ("number", "parent")} - {""}
    names = {fold(row.text("name")) for row in rows} - {""}
    vats = set(vat_numbers) - {""}
    wanted = Q(number__in=numbers) | Q(folded_name__in=names) | Q(vat_number__in=vats)
    found = (
        Customer.objects.filter(wanted)
        .select_related("payment_terms", "sales_rep", "parent")
        .order_by("pk")
    )
    customers = list(found.prefetch_related("addresses", "contacts"))
    by_vat, by_name = defaultdict(list), defaultdict(list)
    for customer in customers:
        by_vat[customer.vat_number].append(customer)
        by_name[customer.folded_name].append(customer)
    terms = PaymentTerms.objects.filter(is_active=True).order_by("pk")
    reps = User.objects.filter(groups__name="sales_rep", is_active=True)
    return Known(
        company=the_company(),
        by_number={customer.number.upper(): customer for customer in customers},
        by_vat=by_vat,
        by_name=by_name,
        terms={key.casefold(): row for row in terms for key in (row.name, row.code)},
        reps={rep.email.casefold(): rep for rep in reps},
        in_file=frozenset(row.text("number").upper() for row in rows),
    )
