"""What is measured of a task or phase, and on what evidence."""
