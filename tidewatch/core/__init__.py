"""Pure domain code: no I/O, no AWS. Everything here can be tested without a network."""
