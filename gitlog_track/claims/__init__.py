"""What a commit message claims: text, quantities and the grammar of claims."""
