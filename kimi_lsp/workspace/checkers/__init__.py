"""Programs that find problems, run on the texts that a job has: the files on disk are read, and never written."""
