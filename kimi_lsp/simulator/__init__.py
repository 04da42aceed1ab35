"""The gateway's wire protocol on loopback, for the demo, tests and editors without a key."""
