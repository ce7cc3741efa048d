"""WIRING. What opens the edges of a run, and is the only place that chooses them."""
