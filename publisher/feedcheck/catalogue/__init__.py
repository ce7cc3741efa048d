"""PURE. The rules as data, one module for each heading of their documentation."""
