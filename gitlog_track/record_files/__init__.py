"""The execution logging specification's Markdown files: read and written. Pure."""
