"""PURE. Documents and the record -> articles: ids that never move, dates that stay, a state."""
