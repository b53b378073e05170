"""Our hooks put into the agents and taken out again."""
