"""Where our houses stand: what carriers, customers and trading partners are told."""

from dataclasses import dataclass

from fulfillment.models import Warehouse
from o2c.kernel.models import Company


@dataclass(frozen=True, kw_only=True)
class HouseAddress:
    """Our name with the street of a house."""

    name: str
    house: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str

    @property
    def place(self) -> str:
        return " ".join(filter(None, [self.postal_code, self.city, self.region]))

    @property
    def lines(self) -> list[str]:
        """Return it as it is printed, a line each."""
        return [
            line for line in [self.name, self.house, self.street, self.place, self.country] if line
        ]


def address_of(warehouse: Warehouse, company: Company) -> HouseAddress:
    """Return the address of a house; where none is kept, the company's own."""
    is_kept = bool(warehouse.street and warehouse.city)
    of: Warehouse | Company = warehouse if is_kept else company
    return HouseAddress(
        name=company.name,
        house=warehouse.name,
        street=of.street,
        postal_code=of.postal_code,
        city=of.city,
        region=of.region,
        country=of.country,
    )
