"""What `sidebyside` can be told to do: a module each, here where it needs no package of its own."""
