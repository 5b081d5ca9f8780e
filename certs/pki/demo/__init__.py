"""A fleet of TLS servers that are well or ill on purpose: the demo, and a fixture."""
