"""The local dashboard, a program of its own."""
