"""What the ruff brain is made of: reading a conversation, running ruff, quoting a place, counting facts."""
