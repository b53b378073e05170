"""Compressed copies of session files: made, verified, given back, and in time let go."""
