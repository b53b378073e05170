"""Configuration: one schema, its layers, and which of them won."""
