"""Addresses of papers, of the feed, and of what search engines read."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from selection.views import feed, papers


class Extension:
    """What a paper is made as."""

    regex = "pdf|docx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Extension, "paper")

urlpatterns: list[URLPattern] = [
    path("notices/feed.atom", feed.atom, name="feed"),
    path("sitemap.xml", feed.sitemap, name="sitemap"),
    path("notices/<slug:number>/notice.<paper:extension>", papers.notice_paper, name="notice_paper"),
    path("results/<slug:code>/decision-<int:pk>.<paper:extension>", papers.result_paper, name="result_paper"),
    path(
        "office/notices/<int:pk>/notice.<paper:extension>",
        papers.office_notice_paper,
        name="office_notice_paper",
    ),
    path(
        "office/determinations/<int:pk>/decision.<paper:extension>",
        papers.office_decision_paper,
        name="office_decision_paper",
    ),
    path("office/certificates/<int:pk>.pdf", papers.certificate_paper, name="certificate_paper"),
]
