"""The rules that guests with ASGI fail on their own servers, beside those that they fail on raw_router, and why."""

from guests.known_failures.model import KnownFailure

SERVERS = (
    # -- several servers
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette"),
        ("parameters-status-205",),
        "the server sends the content that an application gives to a response with 205",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette"),
        ("bodies-expect-unknown",),
        "the server recognizes only 100-continue",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette"),
        ("bodies-expect-unneeded",),
        "the server sends 100 although the body has arrived",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette"),
        ("targets-characters",),
        "the server passes any character in the query on",
    ),
    KnownFailure(
        ("fastapi", "litestar", "sanic", "starlette"),
        ("parameters-inspect-fields-space",),
        "the server keeps white space after the value of a field",
    ),
    KnownFailure(
        ("fastapi", "litestar", "sanic", "starlette"),
        ("bodies-expect-http10",),
        "the server also sends 100 to HTTP/1.0 clients",
    ),
    KnownFailure(
        ("fastapi", "litestar", "sanic", "starlette"),
        ("persistence-error-delivered",),
        "the server closes the connection while the client is still sending, which resets it",
        depends_on_time=True,
    ),
    KnownFailure(("fastapi", "litestar", "sanic", "starlette"), ("hosts-missing",), "the server does not check Host"),
    KnownFailure(
        ("fastapi", "litestar", "sanic", "starlette"),
        ("targets-fragment",),
        "the server removes the fragment from the target",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "starlette"),
        ("persistence-http10-keep-alive",),
        "the server closes every connection of HTTP/1.0",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "starlette"), ("targets-version",), "the server treats HTTP/2.0 like HTTP/1.1"
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "starlette"),
        ("security-no-software",),
        "the server names itself in the Server field",
    ),
    KnownFailure(
        ("quart", "sanic"),
        ("hosts-absolute-missing",),
        "the server does not check the host in a target: Hypercorn ignores it, Sanic closes the connection",
    ),
    KnownFailure(
        ("quart", "sanic"), ("headers-empty-line",), "the server responds 400 to an empty line before the request line"
    ),
    KnownFailure(
        ("litestar", "sanic"),
        ("files-nul",),
        "the ValueError of a file's name with NUL becomes 500; raw_router refuses such a path",
    ),
    # -- uvicorn
    KnownFailure(
        ("fastapi", "litestar", "starlette"),
        ("parameters-status-reason",),
        "uvicorn takes reason phrases from Python, which has older ones of 413 and 422 before 3.13",
        fixed_in=(3, 13),
    ),
    KnownFailure(
        ("fastapi", "litestar", "starlette"),
        ("persistence-half-close",),
        "uvicorn closes the connection when the client closes its side",
        depends_on_time=True,
    ),
    KnownFailure(
        ("fastapi", "litestar", "starlette"),
        ("framing-coding-unknown",),
        "httptools, the parser of uvicorn, ignores codings before chunked",
    ),
    # -- hypercorn, the server of quart
    KnownFailure(("quart",), ("methods-case",), "Hypercorn changes the method to capital letters"),
    KnownFailure(
        ("quart",),
        ("parameters-status-204-length",),
        "Hypercorn passes on the Content-Length that an application gives to 204",
    ),
    KnownFailure(
        ("quart",),
        ("persistence-close-last",),
        "Hypercorn responds 400 to bytes after a request with Connection: close, instead of its response",
    ),
    KnownFailure(
        ("quart",),
        ("persistence-half-close",),
        "Hypercorn closes the connection when the client closes its side",
        depends_on_time=True,
    ),
    KnownFailure(("quart",), ("hosts-list",), "Hypercorn accepts a Host with a comma"),
    KnownFailure(
        ("quart",),
        ("framing-length-first", "framing-coding-first"),
        "Hypercorn keeps the connection after a request with Content-Length and Transfer-Encoding",
    ),
    KnownFailure(("quart",), ("targets-http2",), "Hypercorn speaks HTTP/2 without TLS"),
    # -- sanic
    KnownFailure(("sanic",), ("respond-date",), "Sanic sends no Date"),
    KnownFailure(
        ("sanic",), ("parameters-status-reason",), "STATUS_CODES of Sanic has the older reason phrases of 413 and 422"
    ),
    KnownFailure(
        ("sanic",),
        ("bodies-chunked-case", "framing-coding-disguised"),
        "Sanic compares chunked with regard to letter case, and ignores codings that it does not know",
    ),
    KnownFailure(("sanic",), ("bodies-chunked-trailers",), "Sanic responds 400 to trailer fields"),
    KnownFailure(
        ("sanic",), ("framing-coding-http10",), "Sanic reads a chunked body of HTTP/1.0, and keeps the connection"
    ),
    KnownFailure(
        ("sanic",), ("chunks-size-not-hexadecimal",), "Sanic reads the size of a chunk by int, which accepts 0x"
    ),
    KnownFailure(("sanic",), ("chunks-end",), "Sanic does not look at the two octets after a chunk"),
    KnownFailure(
        ("sanic",), ("headers-space-before-colon", "headers-no-name", "headers-name"), "Sanic checks no names of fields"
    ),
    KnownFailure(
        ("sanic",),
        ("headers-request-line",),
        "Sanic closes the connection without a response to a target that it cannot parse",
    ),
    KnownFailure(("sanic",), ("targets-asterisk",), "Sanic treats the target * like /"),
)
