"""Papers that an office files: one description of a form, printed as PDF and as Word."""
