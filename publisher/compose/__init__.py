"""PURE. Choose, order and limit: articles -> entries -> feeds and digests; and what is due when."""
