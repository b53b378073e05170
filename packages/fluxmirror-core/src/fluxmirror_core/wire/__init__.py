"""An agent's hook payload → AgentEvents: one adapter per payload dialect."""
