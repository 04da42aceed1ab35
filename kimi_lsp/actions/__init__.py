"""What the user can ask for, and the engine that runs it."""
