"""What the selected tests of a module ask for, so that a fixture for all prepares no more."""

from __future__ import annotations

import pytest


def asked(request: pytest.FixtureRequest, parameter: str) -> set[str]:
    """The values that a parameter takes in them."""
    calls = (getattr(i, "callspec", None) for i in request.session.items if i.path == request.path)
    return {call.params[parameter] for call in calls if call and parameter in call.params}
