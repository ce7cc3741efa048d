"""PURE. What other tools export -> items, withheld ones, and those that cannot be read.

A module for each tool. What a tool keeps from everybody (drafts apart: private, behind a password,
for members or payers) is withheld here, before anything of it is read further; what a tool says
of its readers is never looked at. Only what is known to be for everybody becomes an item.
"""

from publisher.exports.common import ExportError, Files, Origin
from publisher.exports.read import read_export

__all__ = ["ExportError", "Files", "Origin", "read_export"]
