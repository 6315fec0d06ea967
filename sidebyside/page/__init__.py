"""The page: a request and what the three answer to it, why they do, the contract, and the same ideas in three forms."""
