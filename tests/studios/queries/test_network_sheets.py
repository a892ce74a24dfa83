from __future__ import annotations

from django.utils import translation

from studios.queries.network_sheets import columns


def test_a_file_has_the_same_words_whoever_downloads_it() -> None:
    written = columns()
    with translation.override("en"):
        assert columns() == written
