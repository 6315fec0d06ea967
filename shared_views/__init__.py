"""What the service says, knowing no framework: plain values in, pages out."""
