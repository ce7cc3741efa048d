"""EDGE. Where messages go: a relay by SMTP."""
