"""What pages and API share of this app."""
