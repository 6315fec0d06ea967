"""What tests rely on, however they are started."""

import signal

# What a shell starts by & ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
