"""Shell completion: what is offered, and where its scripts go."""
