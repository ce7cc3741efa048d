"""USE CASE. An issue handed over to each of its readers, and what comes back of it."""
