"""The workloads, as data: the request of each, and how it is sent."""

from dataclasses import dataclass

IDLE_CONNECTIONS = 10_000

# pattern() ends the lines by CR LF. {n} stands for another number in each request.
SAME = """\
GET /test HTTP/1.1
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


@dataclass(frozen=True, slots=True)
class Workload:
    """The request that every connection sends, again and again."""

    name: str
    description: str
    template: str
    pipelined: int = 1  # requests in one write
    idle: int = 0  # connections that stay open meanwhile, after one response each

    def pattern(self, port: int) -> str:
        """Return a request as text, with {n} where requests differ."""
        return self.template.replace("\n", "\r\n").replace("{host}", f"127.0.0.1:{port}")

    def request(self, port: int, number: int = 0) -> str:
        return self.pattern(port).replace("{n}", str(number))


WORKLOADS = (
    Workload("same", "one request, again and again", SAME),
    Workload("browser", "a browser's header fields; the query and the cookie differ in each request", BROWSER),
    Workload("pipelined", "sixteen requests in one write", SAME, pipelined=16),
    Workload("connect", "a new connection for each request", CONNECT),
    Workload("idle", f"like same, while {IDLE_CONNECTIONS:,} idle connections stay open", SAME, idle=IDLE_CONNECTIONS),
    Workload("form", "an urlencoded form, sent by POST", FORM),
)
