"""ENTRY. `python -m publisher` is the command `publisher`."""

from publisher.cli import command_line

if __name__ == "__main__":
    command_line()
