"""One module a command; each offers ``run(arguments) -> exit code``."""
