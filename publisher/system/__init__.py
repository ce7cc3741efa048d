"""EDGE. Files, signals and sockets as the system has them, and what it says of them."""
