"""Values to text for people and JSON for machines; nothing is computed here."""
