"""ENTRY. The commands: they read options, call a use case and say what it did; no decisions.

`commands` says which there are; `plain` does the usual one without reading options.
"""

HELP = {"help_option_names": ["-h", "--help"]}
