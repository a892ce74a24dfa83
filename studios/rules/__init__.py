"""What the studios decide by arithmetic: plain Python, no Django, no clock, no I/O."""
