"""USE CASE. A run, what it looks at and leaves behind, and what can be asked about it."""
