"""Failures: what a stack trace says, and what makes two failures the same one."""
