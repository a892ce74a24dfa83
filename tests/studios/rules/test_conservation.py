"""Every cent of an award is in exactly one place, whatever was done with it."""

from decimal import Decimal
from random import Random

from studios.rules.money import AwardMoney, split_award
from tests.studios.award import Book, random_acts

HISTORIES = 10_000


def money_of(book: Book) -> AwardMoney:
    parts = zip(book.states, book.parts, strict=True)
    return AwardMoney.of(book.award, parts, book.orders, book.spent)


def agrees(book: Book, money: AwardMoney) -> bool:
    """The product's sums say what the double-entry book says."""
    places = book.places
    return (
        not money.faults()
        and money.award == money.used + money.recoverable + money.unpaid + money.given_up
        and money.unpaid == places["planned"] + places["requested"] + places["approved"] + places["withheld"]
        and money.given_up == places["cancelled"] + places["back"]
        and money.owed == places["owed"]
        and money.paid_net == places["kept"] + places["owed"]
        and money.used == places["kept"] - book.most(of_all=False)
        and min(places.values()) >= 0
    )


def test_ten_thousand_random_histories_are_exact_at_every_moment():
    random, acts, refused, seen = Random(20261125), 0, 0, set()
    for _history in range(HISTORIES):
        award = Decimal(random.randrange(1, 10_000_000)).scaleb(-2)
        parts = split_award(award, random.choice([[50, 30, 20], [1, 1, 1], [100], [40, 60], [25] * 4]))
        book = Book([int(part * 100) for part in parts])
        for done in random_acts(random, book, random.randrange(6, 16)):
            acts += 1
            refused += not done
            assert agrees(book, money_of(book)), (award, book.__dict__)
        seen |= {place for place, amount in book.places.items() if amount}
    assert seen == {"planned", "requested", "approved", "withheld", "cancelled", "kept", "owed", "back"}
    assert 0 < refused < acts / 2


def test_long_histories_are_exact_after_every_single_act():
    random = Random(7)
    for _history in range(200):
        book = Book([2_500_000, 1_500_000, 1_000_000])
        for _done in random_acts(random, book, 60):
            assert agrees(book, money_of(book)), book.__dict__


def test_a_cent_gone_astray_is_found():
    part = [("paid", Decimal("25000.00")), ("planned", Decimal("24999.99"))]
    assert AwardMoney.of(Decimal("50000.00"), part).faults() == [
        "award 50000.00: paid net 25000.00, unpaid 24999.99, given up 0.00"
    ]


def test_more_back_than_was_ordered_and_more_ordered_than_was_paid_are_found():
    part = [("paid", Decimal("25000.00"))]
    beyond = AwardMoney.of(Decimal("25000.00"), part, [(Decimal("5000.00"), Decimal("5000.01"), Decimal(0))])
    assert any(fault.startswith("owed is negative") for fault in beyond.faults())
    unpaid = AwardMoney.of(Decimal("25000.00"), part, [(Decimal("25000.01"), Decimal(0), Decimal(0))])
    assert any(fault.startswith("used is negative") for fault in unpaid.faults())
