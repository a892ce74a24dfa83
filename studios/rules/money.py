"""An award split into instalments to the cent, and where its money is at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

CENTS_A_YUAN = 100
NOTHING = Decimal("0.00")
ON_ITS_WAY = ("planned", "requested", "approved", "withheld")


def split_award(award: Decimal, shares: Sequence[int]) -> list[Decimal]:
    """The instalments of `award` in proportion to `shares`, in yuan with two decimals, summing to it exactly.

    Each is rounded down to the cent; what is left over goes to the last. Raises ValueError for a negative
    award, a fraction of a cent, no shares, a negative share, or shares that sum to nothing.
    """
    _require_shares(shares)
    cents, whole = _cents(award), sum(shares)
    parts = [cents * share // whole for share in shares]
    parts[-1] += cents - sum(parts)
    return [Decimal(part).scaleb(-2) for part in parts]


def _cents(award: Decimal) -> int:
    if not award.is_finite() or award < 0:
        raise ValueError(f"not an amount of money: {award}")
    cents = award * CENTS_A_YUAN
    if cents != int(cents):
        raise ValueError(f"not an amount in whole cents: {award}")
    return int(cents)


def _require_shares(shares: Sequence[int]) -> None:
    if any(share < 0 for share in shares) or sum(shares) == 0:
        raise ValueError("shares are whole numbers, none negative, not all nothing")


@dataclass(frozen=True)
class AwardMoney:
    """Where the money of one award is. Every cent of it is in exactly one of four places, at every moment:

        award == used + recoverable + unpaid + given_up

    unpaid       instalments planned, requested, approved or withheld: it may still be paid
    given_up     what never went out or is back: instalments cancelled, and what was repaid
    recoverable  what was paid and is to come back or may be asked back: what stands open under orders
                 (ordered - repaid - written off), and what was paid, not spent and not ordered yet
    used         what was paid and stays: spent with vouchers, or written off

    In two steps, with `paid` for all that was ever paid and `paid_net` for what of it has not come back:

        award == paid_net + unpaid + given_up          paid == used + recoverable + repaid

    So "paid, unpaid and recoverable make the award" is exact: what stays paid, what is not (or no longer) paid out, and
    what is to come back. No place ever holds less than nothing. A figure of another order (on the ground of misuse what
    was spent is asked back as well) changes only how the paid part is divided.
    """

    award: Decimal
    unpaid: Decimal
    cancelled: Decimal
    paid: Decimal
    spent: Decimal = NOTHING  # approved expenses
    ordered: Decimal = NOTHING
    repaid: Decimal = NOTHING
    written_off: Decimal = NOTHING

    @classmethod
    def of(
        cls,
        award: Decimal,
        parts: Iterable[tuple[str, Decimal]],
        orders: Iterable[tuple[Decimal, Decimal, Decimal]] = (),
        spent: Decimal = NOTHING,
    ) -> AwardMoney:
        """From the instalments (state, amount) and the orders (amount, repaid, written off)."""
        found, asked = list(parts), list(orders)

        def sum_of(states: Sequence[str]) -> Decimal:
            return sum((amount for state, amount in found if state in states), NOTHING)

        ordered, repaid, written_off = (sum((row[n] for row in asked), NOTHING) for n in range(3))
        return cls(
            award=award,
            unpaid=sum_of(ON_ITS_WAY),
            cancelled=sum_of(("cancelled",)),
            paid=sum_of(("paid",)),
            spent=spent,
            ordered=ordered,
            repaid=repaid,
            written_off=written_off,
        )

    @property
    def paid_net(self) -> Decimal:
        """What was paid and has not come back."""
        return self.paid - self.repaid

    @property
    def given_up(self) -> Decimal:
        """What never went out, or is back."""
        return self.cancelled + self.repaid

    @property
    def owed(self) -> Decimal:
        """What stands open under orders."""
        return self.ordered - self.repaid - self.written_off

    @property
    def claimable(self) -> Decimal:
        """What may still be ordered: paid, neither spent nor ordered yet; never negative."""
        return max(self.paid - self.spent - self.ordered, NOTHING)

    @property
    def claimable_in_full(self) -> Decimal:
        """What may still be ordered where the ground asks all of it back: paid and not ordered yet."""
        return max(self.paid - self.ordered, NOTHING)

    @property
    def recoverable(self) -> Decimal:
        """What is to come back or may be asked back."""
        return self.owed + self.claimable

    @property
    def used(self) -> Decimal:
        """What was paid and stays."""
        return self.paid_net - self.recoverable

    def faults(self) -> list[str]:
        """What of the law does not hold; nothing, if it does."""
        found = []
        if self.award != self.paid_net + self.unpaid + self.given_up:
            found.append(
                f"award {self.award}: paid net {self.paid_net}, unpaid {self.unpaid}, given up {self.given_up}"
            )
        if self.paid != self.used + self.recoverable + self.repaid:
            found.append(
                f"paid {self.paid}: used {self.used}, recoverable {self.recoverable}, repaid {self.repaid}"
            )
        places = ("unpaid", "given_up", "owed", "recoverable", "used", "repaid", "written_off", "spent")
        found += [
            f"{place} is negative: {getattr(self, place)}" for place in places if getattr(self, place) < 0
        ]
        return found
