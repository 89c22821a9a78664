"""The log in the files of others: which there are, and what stands in them. Pure."""
