"""Each agent's session files → the responses of its models: `responses(part)`."""
