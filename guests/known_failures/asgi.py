"""The rules that guests with ASGI fail, and why."""

from guests.known_failures.model import KnownFailure

ASGI = (
    # -- fastapi
    KnownFailure(
        ("fastapi",),
        ("methods-head",),
        "APIRoute of FastAPI does not add HEAD to the methods of a route with GET, as Route of Starlette does",
    ),
    KnownFailure(
        ("fastapi",),
        ("parameters-status-words",),
        "FastAPI validates a parameter after the path has matched, and responds 422 to one that is not a number",
    ),
    KnownFailure(
        ("fastapi",),
        ("forms-allow",),
        "Router of Starlette lets the first route with the path respond 405, with its own methods alone",
    ),
    # -- litestar
    KnownFailure(
        ("litestar",),
        ("route-final-slash", "route-double-slash"),
        "normalize_path of Litestar removes slashes at both ends of a path, and repeated ones",
    ),
    KnownFailure(
        ("litestar",),
        ("methods-head",),
        "the decorator get of Litestar does not add HEAD, which has one of its own",
    ),
    KnownFailure(
        ("litestar",),
        ("parameters-status-digits",),
        "Litestar converts a parameter by int, which accepts signs, underscores and the digits of every script",
    ),
    KnownFailure(
        ("litestar",),
        ("parameters-status-204", "parameters-status-304"),
        "a response of Litestar raises ImproperlyConfiguredException for content with a status that forbids it",
    ),
    KnownFailure(
        ("litestar",),
        ("representations-quality",),
        "MediaTypeHeader.priority of Litestar rounds a weight to two decimals",
    ),
    KnownFailure(
        ("litestar",),
        ("caching-none-match", "caching-none-match-any", "caching-modified-since", "caching-style-fresh"),
        "File of Litestar sends ETag and Last-Modified, and evaluates no conditions",
    ),
    # -- quart
    KnownFailure(
        ("quart",),
        ("representations-accept-lines", "caching-none-match-lines"),
        "Quart takes the first of repeated fields, which ASGI does not join",
    ),
    # -- sanic
    KnownFailure(
        ("sanic",),
        ("route-final-slash", "route-double-slash"),
        "the router of Sanic is not strict by default: it strips slashes at both ends of a path",
    ),
    KnownFailure(
        ("sanic",),
        ("route-percent",),
        "Sanic matches the path of the request target, which is not decoded; unquote=True decodes parameters alone",
    ),
    KnownFailure(
        ("sanic",), ("methods-head",), "the decorator get of Sanic does not add HEAD, which has one of its own"
    ),
    KnownFailure(
        ("sanic",),
        ("representations-accept-specific", "representations-accept-case"),
        "AcceptList.match of Sanic compares letter case, and takes the first range even if another one excludes it",
    ),
    KnownFailure(
        ("sanic",),
        ("representations-accept-lines",),
        "Sanic takes the first of repeated fields, which ASGI does not join",
    ),
    KnownFailure(
        ("sanic",),
        ("representations-not-acceptable",),
        "AcceptList.match of Sanic returns nothing if no type is accepted, and Sanic adds no 406",
    ),
    KnownFailure(
        ("sanic",), ("forms-urlencoded-empty",), "Request.get_form of Sanic drops fields without a value by default"
    ),
    KnownFailure(
        ("sanic",),
        ("forms-multipart-malformed", "forms-multipart-no-boundary"),
        "Request.get_form of Sanic logs what its parser raises: a malformed body is an empty form",
    ),
    KnownFailure(
        ("sanic",),
        ("files-folder",),
        "DirectoryHandler.handle of Sanic raises IsADirectoryError for a folder, which is 500",
    ),
    # -- starlette, and fastapi, which uses it
    KnownFailure(
        ("fastapi", "starlette"),
        ("representations-accept-lines", "caching-none-match-lines"),
        "Headers.get of Starlette returns the first of repeated fields, which ASGI does not join",
    ),
    KnownFailure(
        ("fastapi", "starlette"),
        ("representations-not-acceptable",),
        "Starlette has no negotiation, and its documentation shows no 406",
    ),
    KnownFailure(
        ("fastapi", "starlette"),
        ("forms-multipart-malformed",),
        "MultiPartParser of Starlette does not check that the last boundary has arrived",
    ),
    KnownFailure(
        ("fastapi", "starlette"),
        ("ranges-unit",),
        "FileResponse of Starlette responds 400 to a Range of another unit than bytes",
    ),
    KnownFailure(
        ("fastapi", "starlette"),
        ("caching-style-fresh",),
        "only StaticFiles of Starlette evaluates conditions, FileResponse alone does not",
    ),
)
