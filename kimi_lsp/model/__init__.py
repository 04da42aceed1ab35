"""The talk with Kimi."""
