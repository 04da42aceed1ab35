"""What is defined and mentioned where in the workspace: built by child processes, cached on disk."""
