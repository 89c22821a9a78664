"""What happened, when, and to which task: pure values and functions on them."""
