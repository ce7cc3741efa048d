"""EDGE. Pictures opened with Pillow: told whether they can be shown, and drawn smaller.

Pillow is imported when the first picture is opened, not before: a run without new
pictures does not pay for it.
"""
