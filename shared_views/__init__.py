"""The pages of the service, independent of any framework: plain values in, pages out."""
