"""What the ten studios spent: rows in bulk without ledger; the last few went through the door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from config.demo.days import on
from config.demo.world import World
from studios.actions import budget
from studios.actions import spending as actions
from studios.models import Expense, ExpenseVoucher, Studio
from studios.rules.spending import invoice_key
from workflow import clock

FIRST_YEAR = date(2025, 1, 6), date(2025, 12, 12)
SECOND_YEAR = date(2026, 2, 9)
SLOW, SPLITTING, SUSPENDED, CASH = 8, 4, 6, 7  # places of the studios with something to be seen
SUSPENDED_ON = date(2026, 10, 12)
FIRST_TARGETS = (22000, 21400, 22600, 20900, 21200, 20600, 22000, 20400, 15500, 21300)  # of the first 25,000
SECOND_TARGETS = (
    28400,
    33200,
    34400,
    31000,
    22900,
    29800,
    30100,
    30900,
    18500,
    24000,
)  # with the second 15,000
LINES = (
    ("training", "浙江省社会工作者协会", "社工督导能力提升班培训费", 680), ("service", "晨光文具商店", "社区活动物资", 320),
    ("training", "西湖图书馆会议中心", "月度督导会场地费", 450), ("travel", "浙江长运客运公司", "赴结对社工站交通费", 185),
    ("research", "求是打印服务部", "案例集排版印刷", 520), ("service", "惠民食品超市", "儿童小组活动点心", 265),
    ("fees", "", "外聘督导专家劳务费", 600), ("training", "新华书店", "社工教材和工具书", 390),
    ("service", "阳光广告制作社", "主题活动展板", 410), ("research", "知网文化传媒公司", "文献资料使用费", 300),
    ("training", "城市职业培训学校", "个案工作坊师资费", 720), ("publicity", "阳光广告制作社", "工作室宣传折页", 90),
    ("service", "永安保险支公司", "活动参加者意外险", 230), ("equipment", "恒达办公设备公司", "便携投影仪", 690),
)  # fmt: skip
MOST = {"equipment": 3000, "publicity": 800, "travel": 2700, "fees": 5000, "research": 5200, "service": 10500}


def first_year(world: World, rows: list[Studio]) -> None:
    """Enough of the first instalment for the second, but for one."""
    _write(world, rows, FIRST_TARGETS, *FIRST_YEAR)


def second_year(world: World, rows: list[Studio], until: date) -> None:
    """Until the day on which the demo stands."""
    last = until - timedelta(days=12)
    if last > SECOND_YEAR:
        _write(world, rows, SECOND_TARGETS, SECOND_YEAR, last)
        _odd(world, rows, last)


def latest(world: World, row: Studio, until: date) -> None:
    """One approved, one that waits for the host's clerk, one refused, one draft; two movements of the budget."""
    lead, clerk = row.lead, world.clerks[row.host_id]
    assert lead is not None
    with on(until - timedelta(days=9), 10):
        budget.adjust(row, by=lead, source="training", target="publicity", amount=Decimal("1200.00"), purpose="案例推广需要印制宣传册。")  # fmt: skip
    with on(until - timedelta(days=2), 10):
        budget.adjust(row, by=lead, source="training", target="service", amount=Decimal("4000.00"), purpose="年末社区活动场次增加，物资预算不足。")  # fmt: skip
    for number, (head, payee, purpose, amount, days) in enumerate(
        (
            ("publicity", "阳光广告制作社", "经验案例宣传册", "960.00", 8),
            ("service", "惠民食品超市", "返岗社工督导会茶歇", "186.50", 6),
            ("training", "城市职业培训学校", "危机干预工作坊", "680.00", 4),
            ("travel", "浙江长运客运公司", "赴海岛乡社工站交通费", "126.00", 1),
        )
    ):
        values = {
            "spent_on": until - timedelta(days=days), "head": head, "payee": payee, "purpose": purpose, "items": 1,
            "amount": Decimal(amount), "activity": None, "invoice_code": "", "invoice_number": f"2633{number:016d}",
        }  # fmt: skip
        with on(until - timedelta(days=days), 16):
            sent = actions.record(
                row, by=lead, values=values, vouchers=[("发票.png", _picture(9000 + number))], submit=days > 1
            )
        with on(until - timedelta(days=days), 17):
            if days == 8:
                actions.approve(sent, by=clerk)
            elif days == 6:
                actions.refuse_expense(sent, by=clerk, reason="发票抬头不是依托单位，请换开后重新提交。")


# Rows in bulk --------------------------------------------------------------------------------------------------------


def _write(world: World, rows: list[Studio], targets: tuple[int, ...], first: date, last: date) -> None:
    chance = Random(f"spending {first}")  # its own: what others draw stays as it was
    made: list[Expense] = []
    for place, (studio, target) in enumerate(zip(rows, targets, strict=False)):
        end = min(last, SUSPENDED_ON) if place == SUSPENDED else last
        most = {**MOST, "equipment": 0} if place == SPLITTING else MOST  # that one buys two dear things
        made += _of_studio(studio, Decimal(target), first, end, chance, most)
    _keep(world, made)


def _of_studio(
    studio: Studio, target: Decimal, first: date, last: date, chance: Random, most: dict[str, int]
) -> Iterator[Expense]:
    """Lines in turn until the target is reached; what would break a head's budget is spent on training."""
    before = dict.fromkeys(most, Decimal(0))
    for head, amount in studio.expenses.values_list("head", "amount"):
        if head in before:
            before[head] += amount
    left = target - sum(studio.expenses.values_list("amount", flat=True), Decimal(0))
    count = max(1, int(left / 440))
    for number in range(400):
        if left <= 0:
            return
        head, payee, purpose, usual = LINES[number % len(LINES)]
        amount = min(left, Decimal(usual) + Decimal(chance.randrange(-600, 2400)) / 20)
        if head in most and before[head] + amount > most[head]:
            head, payee, purpose, _usual = LINES[(number * 3) % 2 * 2]
        if head in most:
            before[head] += amount
        left -= amount
        day = first + (last - first) * min(number, count) / (count + 1)
        yield _row(studio, number, head, payee or "钱思源", purpose, amount, day)


def _row(
    studio: Studio, number: int, head: str, payee: str, purpose: str, amount: Decimal, day: date
) -> Expense:
    labour = head == "fees"
    invoice = "" if labour else f"{day:%y}33{studio.pk:06d}{day:%m%d}{number:06d}"
    return Expense(
        studio=studio, state="approved", spent_on=day, head=head, payee=payee, purpose=purpose, amount=amount,
        account="personal" if labour else "unit", invoice_number=invoice, invoice_key=invoice_key("", invoice),
        claimant=studio.lead, recorded_by=studio.lead, recorded_at=_at(day, 3), submitted_at=_at(day, 3),
        approved_at=_at(day, 5),
    )  # fmt: skip


def _at(day: date, days: int) -> datetime:
    return datetime.combine(day + timedelta(days=days), time(15, 10), clock.ZONE)


def _keep(world: World, made: list[Expense]) -> None:
    for row in made:
        row.approver = world.clerks[row.studio.host_id]
    Expense.objects.bulk_create(made)
    ExpenseVoucher.objects.bulk_create(_voucher(row) for row in made)


def _voucher(row: Expense) -> ExpenseVoucher:
    content = _picture(row.pk)
    digest = sha256(content).hexdigest()
    place = default_storage.save(f"vouchers/demo-{row.pk}.png", ContentFile(content))
    return ExpenseVoucher(
        expense=row, name="发票.png", file=place, mime="image/png", size=len(content), sha256=digest, source_sha256=digest,
        uploaded_at=row.recorded_at, scanned_at=row.recorded_at,
    )  # fmt: skip


def _picture(number: int) -> bytes:
    shade, out = (250, 245 - number % 60, 190 + number // 60 % 60), BytesIO()
    Image.new("RGB", (60, 40), shade).save(out, "PNG")
    return out.getvalue()


def _odd(world: World, rows: list[Studio], last: date) -> None:
    """Two purchases of one payee just below the limit of one piece, after a movement was approved; cash above its limit."""
    home, cash = rows[SPLITTING], rows[CASH]
    assert home.lead is not None
    with on(last - timedelta(days=80), 10):
        asked = budget.adjust(home, by=home.lead, source="training", target="equipment", amount=Decimal("6100.00"), purpose="两个结对站点添置督导设备。")  # fmt: skip
    with on(last - timedelta(days=78), 10):
        budget.approve(asked, by=world.staff["manager"])
    bought = [
        _row(
            home,
            900 + n,
            "equipment",
            "恒达办公设备公司",
            purpose,
            Decimal(amount),
            last - timedelta(days=40 - n * 6),
        )
        for n, (purpose, amount) in enumerate((("录音录像设备", "4870.00"), ("笔记本电脑", "4930.00")))
    ]
    for row in bought:
        row.flags = "|splitting|"
    paid = _row(
        cash, 910, "service", "惠民食品超市", "重阳节慰问物资", Decimal("2000.00"), last - timedelta(days=30)
    )
    paid.method, paid.flags = "cash", "|cash|round|"
    _keep(world, [*bought, paid])
