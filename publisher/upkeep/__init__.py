"""USE CASE. How a site is, who is told of it, and its state in other places."""
