"""Today in a few figures, and the line of them for a prompt."""
