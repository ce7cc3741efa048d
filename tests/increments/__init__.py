"""Any edits in any order: after each, an incremental run gives what a full build gives."""
