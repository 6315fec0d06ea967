"""The ladder of lessons: what each rung shows, how to start it and talk to it, and how two rungs differ."""
