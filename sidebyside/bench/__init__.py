"""sidebyside bench: how fast raw_router is beside other servers, and how routing grows with the routes."""
