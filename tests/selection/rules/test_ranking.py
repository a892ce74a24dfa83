"""The order of equal scores."""

from decimal import Decimal
from hashlib import sha256

from selection.rules.ranking import places, sheets_of

WEIGHTS = {"A": Decimal(50), "B": Decimal(50)}
SEED = bytes(range(32))


def sheet(a, b):
    return {"A": Decimal(a), "B": Decimal(b)}


def placed(scores, **marks):
    sheets = {name: sheets_of(name, rows, WEIGHTS) for name, rows in marks.items()}
    given = {name: Decimal(score) for name, score in scores.items()}
    return places(given, sheets, criterion="B", method="mean", min_sheets_for_trim=5, seed=SEED)


def test_different_scores_need_no_chain():
    found = placed({"x": "80", "y": "90"}, x=[sheet(80, 80)], y=[sheet(90, 90)])
    assert [(found[n].rank, found[n].order, found[n].path) for n in "xy"] == [(2, 2, ()), (1, 1, ())]


def test_the_named_criterion_comes_first():
    found = placed({"x": "80", "y": "80"}, x=[sheet(90, 70)], y=[sheet(70, 90)])
    assert (found["y"].order, found["y"].path) == (1, (("criterion", "90"),))
    assert found["x"].rank == found["y"].rank == 1


def test_then_the_higher_median():
    found = placed(
        {"x": "80", "y": "80"},
        x=[sheet(70, 80), sheet(80, 80), sheet(90, 80)],
        y=[sheet(60, 80), sheet(88, 80), sheet(92, 80)],
    )
    assert found["y"].order == 1 and [link for link, _v in found["y"].path] == ["criterion", "median"]


def test_then_the_smaller_range():
    found = placed(
        {"x": "80", "y": "80"},
        x=[sheet(60, 80), sheet(80, 80), sheet(100, 80)],
        y=[sheet(70, 80), sheet(80, 80), sheet(90, 80)],
    )
    assert found["y"].order == 1 and found["y"].path[-1] == ("range", "10")


def test_then_the_lot_of_the_seed():
    rows = [sheet(80, 80)]
    found = placed({"x": "80", "y": "80"}, x=rows, y=rows)
    lots = {name: sha256(SEED + b"tie" + name.encode()).hexdigest() for name in "xy"}
    first = min(lots, key=lots.__getitem__)
    assert found[first].order == 1 and found[first].path[-1] == ("lot", lots[first])


def test_who_is_separated_early_keeps_the_short_path():
    found = placed({"x": "80", "y": "80", "z": "80"}, x=[sheet(70, 90)], y=[sheet(80, 80)], z=[sheet(80, 80)])
    assert [link for link, _v in found["x"].path] == ["criterion"]
    assert [link for link, _v in found["y"].path] == ["criterion", "median", "range", "lot"]
    assert {found[n].rank for n in "xyz"} == {1}
