"""A made-up fortnight with several agents, told in the payloads that these agents' hooks send."""
