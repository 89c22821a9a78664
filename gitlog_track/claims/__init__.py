"""What a commit message says: trailers, quantities and the claims made with them."""
