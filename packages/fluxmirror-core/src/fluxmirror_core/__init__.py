"""What an event of an AI coding agent is, and what can be said about events."""
