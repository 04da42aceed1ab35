"""The ruff brain: reads the conversation, runs ruff, quotes the place, and answers as the model would."""
