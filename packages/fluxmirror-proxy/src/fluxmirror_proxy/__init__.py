"""Relays MCP traffic between a client and its server and records a copy of it."""
