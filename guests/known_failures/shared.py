"""The rules that guests with different interfaces fail for one reason."""

from guests.known_failures.model import KnownFailure

SHARED = (
    KnownFailure(
        ("aiohttp", "bottle", "cherrypy", "django_plain", "http_server", "tornado"),
        ("parameters-status-reason",),
        "the framework takes reason phrases from Python, which has older ones of 413 and 422 before 3.13",
        fixed_in=(3, 13),
    ),
    KnownFailure(
        ("flask_plain", "quart"),
        ("route-double-slash",),
        "Werkzeug strips slashes at the beginning of the path (MapAdapter.match), so that //test is /test",
    ),
    KnownFailure(
        ("flask_plain", "quart"),
        ("parameters-status-digits",),
        r"the regular expression of Werkzeug's IntegerConverter is \d+, which matches the digits of every script",
    ),
    KnownFailure(
        ("flask_plain", "quart"),
        ("representations-html-ties",),
        "best_match of Werkzeug gives the more specific range of Accept precedence in a tie",
    ),
    KnownFailure(
        ("flask_plain", "quart"),
        ("representations-not-acceptable",),
        "best_match of Werkzeug returns its default if no type is accepted, and the framework adds no 406",
    ),
    KnownFailure(
        ("http_server", "wsgiref"), ("representations-not-acceptable",), "the standard library has no negotiation"
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette", "aiohttp", "tornado", "twisted"),
        ("security-nosniff", "security-frames", "security-referrer", "security-policy"),
        "the framework sends no such field unless a middleware adds it",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette", "aiohttp", "tornado", "twisted"),
        ("hosts-unknown",),
        "the framework serves every host, unless an option of it or a middleware restricts them",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette", "aiohttp", "tornado", "twisted"),
        ("forms-media-type",),
        "the form of a body with another media type is empty, which is no error to the framework",
    ),
    KnownFailure(
        ("fastapi", "litestar", "quart", "sanic", "starlette", "twisted"),
        ("forms-content-encoding",),
        "the framework reads a body with a content coding as if it had none",
    ),
    KnownFailure(
        ("litestar", "quart", "sanic", "tornado", "twisted"),
        ("forms-urlencoded-repeats",),
        "the framework keeps the values of one field together, so the order of different fields is lost",
    ),
    KnownFailure(("sanic", "twisted"), ("forms-many-fields",), "the framework has no limit of the number of fields"),
    KnownFailure(
        ("litestar", "quart"), ("forms-many-fields",), "the limit of the framework counts the parts of multipart alone"
    ),
    KnownFailure(
        ("fastapi", "quart", "starlette", "aiohttp", "tornado"),
        ("files-below",),
        "the framework removes a slash at the end of a file's path, so that /files/hello.txt/ is /files/hello.txt",
    ),
    KnownFailure(
        ("litestar", "sanic"),
        ("files-below",),
        "the framework expects no NotADirectoryError, which a path below a file raises, and responds 500",
    ),
    KnownFailure(
        ("litestar", "quart", "sanic", "aiohttp"),
        ("files-long",),
        "the framework does not expect the OSError of a file's name that is too long, and responds 500",
    ),
    KnownFailure(
        ("tornado", "twisted"),
        ("files-nul",),
        "the framework does not expect the ValueError of a file's name with NUL, and responds 500",
    ),
    KnownFailure(
        ("aiohttp", "tornado", "twisted"), ("files-charset",), "the framework sends text files without a charset"
    ),
    KnownFailure(
        ("quart", "aiohttp"), ("ranges-unit",), "the framework responds 416 to a Range of another unit than bytes"
    ),
    KnownFailure(
        ("fastapi", "litestar", "starlette", "aiohttp", "tornado", "twisted"),
        ("caching-control",),
        "the framework sends files without Cache-Control",
    ),
    KnownFailure(
        ("fastapi", "litestar", "sanic", "starlette", "tornado", "twisted"),
        ("preconditions-match-other", "preconditions-unmodified-since-earlier"),
        "the framework evaluates neither If-Match nor If-Unmodified-Since",
    ),
    KnownFailure(
        ("sanic", "twisted"),
        ("caching-etag", "caching-style", "caching-none-match-any"),
        "files of the framework have Last-Modified and no ETag, and it does not evaluate If-None-Match",
    ),
)
