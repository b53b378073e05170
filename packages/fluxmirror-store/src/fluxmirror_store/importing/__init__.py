"""The agents' own session files → rows: what they used, and the calls they tell of."""
