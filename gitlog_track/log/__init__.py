"""The journal, the fold and the log: how an event gets into the ref and out again."""
