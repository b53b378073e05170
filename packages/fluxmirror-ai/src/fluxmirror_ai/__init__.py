"""Optional prose over the numbers: the only package that may open a connection to a model."""
