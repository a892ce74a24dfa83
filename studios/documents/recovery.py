"""The notice to give money back, as a document for the host unit: what is to come back, by when and why."""

from __future__ import annotations

from studios.documents.agreement import shown
from studios.models import RecoveryOrder
from studios.rules.capitals import in_capitals
from studios.rules.money import AwardMoney
from workflow.documents.official import Block, Official, Part, Roll

HOW = "退回资金按原渠道转回拨款账户，转账时注明工作室名称；到账后由财务登记。"


def notice_of(order: RecoveryOrder, money: AwardMoney) -> Official:
    """The notice of one order; `money` is where the studio's award is."""
    studio = order.studio
    organiser = studio.recognition.round.organiser
    agreement = getattr(studio, "agreement", None)
    signed = f"资助协议（编号：{agreement.number}）" if agreement else "资助协议"
    amount = f"人民币{order.amount:,.2f}元（大写：{in_capitals(order.amount)}）"
    parts: list[Part] = [
        Block(f"根据{signed}和现行管理办法，现就{studio.name}资助资金退回事项通知如下："),
        Block("一、事由", "first"),
        Block(f"{order.get_ground_display()}。{order.reason}"),
        Block("二、金额和期限", "first"),
        Block(f"你单位应退回{amount}，于{shown(order.due_on)}前退回。{HOW}"),
        Block("三、资助资金情况", "first"),
        Roll(
            ("资助总额（元）", "已拨付（元）", "已审批支出（元）", "本次应退（元）"),
            [tuple(f"{value:,.2f}" for value in (money.award, money.paid, money.spent, order.amount))],
            (4, 4, 4, 4),
        ),
    ]
    return Official(
        title=f"关于退回{studio.name}资助资金的通知",
        recipient=studio.host.name,
        parts=parts,
        signer=organiser,
        day=order.ordered_on,
    )
