"""Kinds of attachments, for whose eyes they are, and the names they go by."""

from __future__ import annotations

import pytest

from selection.models.attachment_kinds import Audience, Kind
from selection.rules import attachment as rules
from selection.rules.rulebook import DEFAULT_RULEBOOK, Malformed, Rulebook

COMPLETE = {
    **DEFAULT_RULEBOOK,
    "opens_at": "2026-03-02T09:00:00+08:00",
    "closes_at": "2026-04-30T17:30:00+08:00",
    "reference_date": "2026-04-30",
    "quotas": {"3301": 3},
}
NEW = ("max_file_mb", "max_dossier_mb", "required_attachments")


def rulebook(**changes: object) -> Rulebook:
    return Rulebook.from_dict({**COMPLETE, **changes})


def test_kinds_and_audiences_have_their_words() -> None:
    assert set(Kind.values) == set(rules.KINDS)
    assert {kind.audience for kind in rules.KINDS.values()} <= set(Audience.values)


def test_identity_and_background_are_for_no_expert() -> None:
    for kind in ("id", "background", "certificate", "practice", "photo", "unit_notice"):
        assert rules.audience_of(kind) not in rules.TO_EXPERTS, kind
    assert tuple(kind for kind in rules.KINDS if kind != "background") == rules.FROM_UNIT


def test_what_is_missing_is_named_in_the_order_of_the_rules() -> None:
    assert rules.missing(("id", "certificate", "practice"), {"certificate"}) == ["id", "practice"]


@pytest.mark.parametrize(("size", "fits"), [(10 * 1024 * 1024, True), (10 * 1024 * 1024 + 1, False)])
def test_a_dossier_holds_what_the_rules_say_to_the_byte(size: int, fits: bool) -> None:
    others = [rules.MEGABYTE * 50, rules.MEGABYTE * 40]
    assert rules.fits(size, others, max_dossier_mb=100) is fits


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("证书.pdf", "证书.pdf"),
        ("C:\\Users\\王\\证书.pdf", "证书.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("沈雨晴33010619850315001X.jpg", "沈雨晴******************.jpg"),
        ("138 0000 0000.jpg", "*************.jpg"),
        ("", "file"),
        ("长" * 300, "长" * 120),
    ],
)
def test_the_name_that_is_kept_says_nothing_it_should_not(sent: str, kept: str) -> None:
    assert rules.kept_name(sent) == kept


def test_a_download_has_a_plain_name() -> None:
    assert rules.ascii_name("2026-0001", "unit_notice", 2, "image/jpeg") == "2026-0001-unit-notice-2.jpg"
    assert rules.ascii_name('2026"\r\n/..', "id", 1, "application/pdf") == "2026-id-1.pdf"


# The rulebook


def test_rules_frozen_before_there_were_attachments_read_with_the_defaults_and_keep_their_digest() -> None:
    before = {name: value for name, value in COMPLETE.items() if name not in NEW}
    old = Rulebook.from_dict(before)
    assert (old.max_file_mb, old.max_dossier_mb, old.required_attachments) == (10, 100, ())
    assert old.digest() == rulebook(max_file_mb=10, max_dossier_mb=100, required_attachments=[]).digest()


@pytest.mark.parametrize(
    "change", [{"max_file_mb": 5}, {"max_dossier_mb": 60}, {"required_attachments": ["id"]}]
)
def test_a_changed_limit_changes_the_digest(change: dict[str, object]) -> None:
    assert rulebook(**change).digest() != rulebook().digest()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"max_file_mb": 0}, ("max_file_mb", "below_minimum")),
        ({"max_file_mb": 51}, ("max_file_mb", "out_of_range")),
        ({"max_file_mb": 20, "max_dossier_mb": 19}, ("max_dossier_mb", "below_minimum")),
        ({"required_attachments": ["id", "passport"]}, ("required_attachments", "unknown_choice")),
        ({"required_attachments": ["background"]}, ("required_attachments", "unknown_choice")),
    ],
)
def test_what_cannot_be_is_named(change: dict[str, object], fault: tuple[str, str]) -> None:
    assert fault in [found[:2] for found in rulebook(**change).faults(calendar_years={2026})]


@pytest.mark.parametrize("value", ["id", [1], {"id": 1}])
def test_required_kinds_are_a_list_of_texts(value: object) -> None:
    with pytest.raises(Malformed):
        rulebook(required_attachments=value)
