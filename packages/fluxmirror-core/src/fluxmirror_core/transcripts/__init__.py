"""What the agents write down themselves: their session files, read for what hooks do not tell."""
