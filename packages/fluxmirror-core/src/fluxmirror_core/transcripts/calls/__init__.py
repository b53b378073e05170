"""Each agent's session files → what they tell of its tool calls: `calls(part)`."""
