"""The feed of notices and results, and the map of the site for search engines."""

from __future__ import annotations

from io import StringIO
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from selection.queries.feed import addresses, items
from selection.views.papers import absolute
from workflow.public_page import public_page


@public_page
def atom(request: HttpRequest) -> HttpResponse:
    """Notices and results as an Atom feed, the newest first."""
    feed = Atom1Feed(
        title=_("社会工作领军人才选拔：公示和认定结果"),
        link=absolute(reverse("notice_list")),
        description=_("申报通知、公示和认定结果"),
        language="en" if get_language() == "en" else "zh-CN",
        feed_url=absolute(reverse("feed")),
    )
    for item in items():
        link = absolute(item.path)
        feed.add_item(
            title=item.title, link=link, unique_id=link, description=item.words, author_name=item.author,
            pubdate=item.at, updateddate=item.updated,
        )  # fmt: skip
    written = StringIO()
    feed.write(written, "utf-8")
    return HttpResponse(written.getvalue(), content_type=feed.content_type)


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every permanent page of the public site."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for path, day in addresses():
        changed = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(absolute(path))}</loc>{changed}</url>")
    return HttpResponse("\n".join([*lines, "</urlset>", ""]), content_type="application/xml; charset=utf-8")
