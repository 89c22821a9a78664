"""Make the numbers people state about their work provable, from git alone."""

__version__ = "0.1.0"
