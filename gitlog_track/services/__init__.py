"""Use cases: typed in, typed out; no printing, no environment; one file each."""
