"""Readers of what others kept: one file each, pure; bytes or text in, records out."""
