"""A made-up history of many tool calls, as rows of the store."""
