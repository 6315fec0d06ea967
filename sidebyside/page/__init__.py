"""A web page that sends a request to all three services, explains their responses, judges them and shows their code."""
