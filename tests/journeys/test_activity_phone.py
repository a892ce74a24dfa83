"""A member records an activity on a phone; the network goes away, and what was typed is still there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from studios.models import Activity
from tests import factories
from tests.journeys.pages import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = {
    "title": "冬季用火安全入户",
    "starts_at": "08:00",
    "ends_at": "10:00",
    "place": "山前乡社工站",
    "attendances": "33",
}


def test_what_was_typed_on_a_phone_outlives_the_network(
    set_clock: Callable[..., None], sign_in: Callable[..., Visitor], tmp_path: Path
) -> None:
    set_clock(factories.NOON)
    home = factories.studio()
    station = home.stations.create(name="山前乡社工站", since="2026-01-05", weaker_area=True)
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(factories.picture(size=(320, 240)))
    member = sign_in(factories.user("studio_member", organisation=home.host), width=390)
    member.open(f"/studios/{home.pk}/activities/new/")
    member.fill(kind="outreach", station=station.pk, faces_masked=True, **TYPED)
    member.page.set_input_files("input[type=file]", str(photo))
    member.page.context.set_offline(True)
    member.page.get_by_role("button", name="提交", exact=True).click()
    member.reads("网络中断，内容已存在本机")
    member.page.context.set_offline(False)
    member.complaints = [words for words in member.complaints if "ERR_INTERNET_DISCONNECTED" not in words]

    member.open(f"/studios/{home.pk}/activities/new/")
    expect(member.page.locator('[name="title"]')).to_have_value(TYPED["title"])
    expect(member.page.locator('[name="station"]')).to_have_value(str(station.pk))
    assert member.page.evaluate("document.documentElement.scrollWidth") <= 390
    member.page.set_input_files("input[type=file]", str(photo))
    member.page.get_by_role("button", name="提交", exact=True).click()
    member.reads("待站点确认")
    row = Activity.objects.get()
    assert (row.title, row.station_name, row.photos.count()) == (TYPED["title"], "山前乡社工站", 1)
    assert (
        member.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('lx-draft:')).length") == 0
    )
