"""The certificate of one recognition."""

from __future__ import annotations

from selection.models import Recognition
from workflow.documents.certificate import Certificate, shown_day

TITLE = "证书"


def certificate_of(recognition: Recognition, *, address: str) -> Certificate:
    """What is printed; the recognition has a number and a day."""
    round_, decision = recognition.round, recognition.determination
    day = recognition.recognised_on or round_.published_on
    assert day is not None
    facts = [f"证书编号：{recognition.certificate_number}", f"批次：{round_.title}"]
    if decision:
        facts.append(f"认定文号：{decision.document_number}")
    if recognition.expires_on:
        facts.append(f"管理期：{shown_day(day)}至{shown_day(recognition.expires_on)}")
    return Certificate(
        title=TITLE,
        name=recognition.name,
        words="经评审、公示和研究决定，认定您为社会工作领军人才。特发此证。",
        affiliations="\n".join(recognition.affiliations),
        facts="\n".join([*facts, "扫码查验证书状态"]),
        signer=round_.organiser,
        day=shown_day(day),
        address=address,
    )
