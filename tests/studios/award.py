"""An award as a plain double-entry book in cents, written apart from the product: every act moves money between places."""

from collections import Counter
from random import Random

UNPAID = ("planned", "requested", "approved", "withheld")
FROM = {"request": "planned", "approve": "requested", "pay": "approved", "release": "withheld"}
NEXT = {state: step for step, state in FROM.items()}
TO = {"request": "requested", "approve": "approved", "pay": "kept", "release": "planned"}


class Book:
    """One award: where its money is, instalment by instalment and order by order."""

    def __init__(self, parts):
        self.parts = list(parts)
        self.states = ["planned"] * len(self.parts)
        self.places = Counter(planned=sum(self.parts))  # planned … cancelled, kept, owed, back
        self.orders = []  # [amount, repaid, written off]
        self.spent = 0
        self.ended = False

    @property
    def award(self):
        return sum(self.parts)

    @property
    def paid(self):
        return self.places["kept"] + self.places["owed"] + self.places["back"]

    @property
    def ordered(self):
        return sum(amount for amount, _repaid, _off in self.orders)

    def _move(self, amount, source, target):
        self.places[source] -= amount
        self.places[target] += amount

    def step(self, number, name):
        """One step of an instalment; False where it is not open."""
        state = self.states[number]
        if name == "cancel":
            possible, target = state in UNPAID, "cancelled"
        elif name == "withhold":
            possible, target = state in UNPAID[:3] and not self.ended, "withheld"
        else:
            earlier = all(s in ("paid", "cancelled") for s in self.states[:number])
            free = name == "release" or (earlier and not self.ended)
            possible, target = state == FROM[name] and free, TO[name]
        if possible:
            self._move(self.parts[number], state, target)
            self.states[number] = "paid" if target == "kept" else target
        return possible

    @property
    def foreseen(self):
        """The next step of the first instalment on its way, or None."""
        way = [(n, NEXT[state]) for n, state in enumerate(self.states) if state in NEXT]
        return way[0] if way else None

    def spend(self, amount):
        self.spent += amount
        return True

    def terminate(self):
        if self.ended:
            return False
        self.ended = True
        return bool([self.step(n, "cancel") for n in range(len(self.parts))])

    def most(self, of_all):
        """What may be ordered back."""
        return max(self.paid - self.ordered - (0 if of_all else self.spent), 0)

    def order(self, amount, of_all=False):
        if not 0 < amount <= self.most(of_all):
            return False
        self.orders.append([amount, 0, 0])
        self._move(amount, "kept", "owed")
        return True

    def left(self, number):
        amount, repaid, off = self.orders[number]
        return amount - repaid - off

    def repay(self, number, amount):
        if not 0 < amount <= self.left(number):
            return False
        self.orders[number][1] += amount
        self._move(amount, "owed", "back")
        return True

    def write_off(self, number):
        left = self.left(number)
        self.orders[number][2] += left
        self._move(left, "owed", "kept")
        return left > 0


STEPS = ("request", "approve", "pay", "withhold", "release", "cancel")
WEIGHTS = (8, 8, 8, 1, 2, 1)


def random_acts(random: Random, book: Book, count: int):
    """Acts on a book, each with what it was: mostly those of a studio's life, some that are refused."""
    for _n in range(count):
        throw = random.random()
        if throw < 0.62:
            foreseen = book.foreseen if random.random() < 0.8 else None
            anything = (random.randrange(len(book.parts)), random.choices(STEPS, WEIGHTS)[0])
            yield book.step(*(foreseen or anything))
        elif throw < 0.72:
            yield book.spend(random.randrange(1, 600_000))
        elif throw < 0.74:
            yield book.terminate()
        elif throw < 0.86 or not book.orders:
            of_all = random.random() < 0.2
            yield book.order(random.randrange(1, book.most(of_all) + 2), of_all)
        elif throw < 0.97:
            number = random.randrange(len(book.orders))
            yield book.repay(number, random.randrange(1, book.left(number) + 2))
        else:
            yield book.write_off(random.randrange(len(book.orders)))
