"""GROUND. Addresses in pages and mails of ours: how they are written, and what is asked of them."""
