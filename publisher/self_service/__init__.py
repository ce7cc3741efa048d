"""ENTRY. The pages on which readers ask, confirm, choose and leave."""
