"""Rules of time and record: plain Python, no Django, no clock, no I/O."""
