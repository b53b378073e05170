"""Leaving: all that is ours on a machine, taken out again or named."""
