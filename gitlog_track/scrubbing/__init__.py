"""Scrubbing: personal data and secrets are taken out of free text, and counted."""
