"""Rows of the database → text: lines, a table, CSV, JSON; printed while they are read."""
