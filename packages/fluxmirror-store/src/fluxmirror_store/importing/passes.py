"""What session files are read for, by name: the database keeps how far each has come."""

from __future__ import annotations

from typing import Final

USAGE: Final = "usage"
"""The responses of models: tokens and costs."""
CALLS: Final = "calls"
"""Tool calls."""
