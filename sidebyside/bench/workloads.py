"""The workloads, as data: the request of each, and how it is sent."""

from dataclasses import dataclass, replace

IDLE_CONNECTIONS = 10_000
CONNECTIONS = 32
KIB, MIB = 1024, 1024 * 1024

# pattern() ends the lines by CR LF. {n} stands for another number in each request.
SAME = """\
GET /test HTTP/1.1
Host: {host}

"""
HELLO = """\
GET /hello/you HTTP/1.1
Host: {host}

"""
CONNECT = """\
GET /test HTTP/1.1
Host: {host}
Connection: close

"""
BROWSER = """\
GET /test?visit={n} HTTP/1.1
Host: {host}
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: en-GB,en;q=0.5
Accept-Encoding: gzip, deflate, br, zstd
Referer: http://{host}/
Cookie: session=6f1ed002ab5595859014ebf0951522d9; visit={n}
Upgrade-Insecure-Requests: 1

"""
FORM = """\
POST /form HTTP/1.1
Host: {host}
Content-Type: application/x-www-form-urlencoded
Content-Length: 46

name=Ada+Lovelace&comment=A+first+programme%21"""
UPLOAD = """\
POST /upload HTTP/1.1
Host: {host}
Content-Type: application/octet-stream
Content-Length: {length}

"""
STREAM = """\
GET /stream HTTP/1.1
Host: {host}

"""
SLEEP = """\
GET /sleep HTTP/1.1
Host: {host}

"""


@dataclass(frozen=True, slots=True)
class Workload:
    """The request that every connection sends, again and again."""

    name: str
    description: str
    template: str
    pipelined: int = 1  # requests in one write
    idle: int = 0  # connections that stay open meanwhile, after one response each
    suites: tuple[str, ...] = ("servers",)  # whose peers are measured under it
    response: int = 0  # octets of the body that all applications send; 0 for the response of the real service
    connections: int = CONNECTIONS
    sleepers: int = 0  # clients that ask meanwhile for a view that sleeps

    def pattern(self, port: int) -> str:
        """Return a request as text, with {n} where requests differ."""
        return self.template.replace("\n", "\r\n").replace("{host}", f"127.0.0.1:{port}")

    def sleep_request(self, port: int) -> str:
        """Return the request of the sleepers."""
        return replace(self, template=SLEEP).request(port)

    def request(self, port: int, number: int = 0) -> str:
        return self.pattern(port).replace("{n}", str(number))

    @property
    def is_streamed(self) -> bool:
        return self.template == STREAM

    @property
    def warm_ups(self) -> int:
        """How many requests come before the measurement: fewer of them if they or their responses are large."""
        return max(2, min(100, 10 * MIB // (len(self.template) + self.response + 1)))


def body(name: str, octets: int) -> Workload:
    """Return a workload whose responses have a body of some octets."""
    return Workload(f"body-{name}", f"responses of {name}B", SAME, suites=("wsgi",), response=octets)


def upload(name: str, octets: int) -> Workload:
    """Return a workload whose requests have a body of some octets."""
    template = UPLOAD.replace("{length}", str(octets)) + "x" * octets
    return Workload(f"upload-{name}", f"requests of {name}B", template, suites=("wsgi",), response=KIB)


GUESTS = "guests"  # the suite of each guest on its home server
FRAMEWORKS = ("flask", "django")  # the other workloads measure the server, not the application

WORKLOADS = (
    Workload("same", "one request, again and again", SAME, suites=("servers", *FRAMEWORKS)),
    Workload(
        "browser",
        "a browser's header fields; the query and the cookie differ in each request",
        BROWSER,
        suites=("servers", *FRAMEWORKS),
    ),
    Workload("pipelined", "sixteen requests in one write", SAME, pipelined=16),
    Workload("connect", "a new connection for each request", CONNECT),
    Workload(
        "idle",
        f"like same, while {IDLE_CONNECTIONS:,} idle connections stay open",
        SAME,
        idle=IDLE_CONNECTIONS,
        suites=("servers", "wsgi"),
    ),
    Workload("form", "an urlencoded form, sent by POST", FORM),
    Workload("wsgi", "a trivial WSGI application, responses of 1 KiB", SAME, suites=("wsgi",), response=KIB),
    Workload("guests-test", "GET /test of each guest on its home server", SAME, suites=(GUESTS,)),
    Workload("guests-hello", "GET /hello/you of each guest on its home server", HELLO, suites=(GUESTS,)),
    body("10Ki", 10 * KIB),
    body("100Ki", 100 * KIB),
    body("1Mi", MIB),
    Workload(
        "body-10Mi",
        "responses of 10 MiB in pieces, to 8 clients",
        STREAM,
        suites=("wsgi",),
        response=10 * MIB,
        connections=8,
    ),
    upload("1Ki", KIB),
    upload("100Ki", 100 * KIB),
    upload("1Mi", MIB),
    Workload(
        "blocking",
        "like wsgi, while 8 clients ask for a view that sleeps",
        SAME,
        suites=("wsgi",),
        response=KIB,
        sleepers=8,
    ),
    Workload("asgi", "an application of Starlette, responses of 1 KiB", SAME, suites=("asgi",), response=KIB),
)
