"""USE CASE. The issues of newsletters, from what is due to what is frozen."""
