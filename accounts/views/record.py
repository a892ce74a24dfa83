"""The ledger and the working-day calendar."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, policies
from accounts.forms.record import LedgerFilter
from accounts.queries import record
from accounts.roles import Role
from accounts.views.gate import for_roles, person
from workflow.ledger import Fault
from workflow.models import PublishedHead
from workflow.public_page import public_page

PER_PAGE = 25
ROLE_LABELS = dict(Role.choices)


@require_safe
@for_roles(Role.MANAGER, Role.SUPERVISOR, Role.AUDIT_ADMIN)
def ledger_list(request: HttpRequest) -> HttpResponse:
    """The entries, newest first; what an entry carries is for supervision and audit alone."""
    user = person(request)
    chains = list(record.chains_visible_to(user))
    found = LedgerFilter(request.GET, chains=[chain.key for chain in chains])
    wanted = {
        name: value for name, value in (found.cleaned_data if found.is_valid() else {}).items() if value
    }
    page = Paginator(record.entries_visible_to(user).filter(**wanted), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(entry, ROLE_LABELS.get(entry.actor_role, "")) for entry in page],
        "filter": found,
        "narrowed": bool(wanted),
        "chain": next((chain for chain in chains if chain.key == wanted.get("chain")), None),
        "chain_count": len(chains),
        "entry_count": sum(chain.count for chain in chains),
        "shows_payload": policies.holds_any(user, policies.READS_PAYLOADS),
        "exports_records": bool(user.roles & {Role.AUDIT_ADMIN, Role.MANAGER}),
    }
    return render(request, "accounts/ledger_list.html", context)


@require_POST
@for_roles(Role.SUPERVISOR, Role.AUDIT_ADMIN)
def ledger_verify(request: HttpRequest) -> HttpResponse:
    """Recompute every chain and say whether it is whole, or where it first breaks."""
    faults = actions.ledger.verify(by=person(request))
    for fault in faults:
        messages.error(request, _fault_sentence(fault))
    if not faults:
        count = sum(chain.count for chain in record.chains_visible_to(person(request)))
        messages.success(
            request, ngettext("存证链完整，共%(n)s条", "存证链完整，共%(n)s条", count) % {"n": count}
        )
    return redirect("ledger_list")


def _fault_sentence(fault: Fault) -> str:
    words = {
        "missing": _("缺少条目"),
        "entry": _("内容与摘要不符"),
        "head": _("链头不符"),
        "payload": _("附载内容与承诺值不符"),
        "published": _("与已公布的链头不符"),
        "truncated": _("末尾被删减"),
    }
    return _("链%(chain)s自第%(seq)s号起不完整：%(what)s") % {
        "chain": fault.chain,
        "seq": fault.seq,
        "what": words.get(fault.what, fault.what),
    }


@public_page
def public_ledger(request: HttpRequest) -> HttpResponse:
    """The published heads, and how anybody checks them."""
    page = Paginator(PublishedHead.objects.all(), 10).get_page(request.GET.get("page"))
    heads = [(head, [line.rsplit(" ", 2) for line in head.lines.splitlines()]) for head in page]
    return render(request, "accounts/public_ledger.html", {"page": page, "heads": heads})
