"""The gate: are the claims of commit messages backed by the log?"""
