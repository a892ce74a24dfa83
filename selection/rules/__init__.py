"""Everything the selection decides by arithmetic: plain Python, no Django, no clock, no I/O."""
