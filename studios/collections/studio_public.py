"""The public pages of studios stand in the map of the site."""

from __future__ import annotations

from selection.queries import feed
from studios.queries.studio_public import addresses

if addresses not in feed.SOURCES:
    feed.SOURCES.append(addresses)
