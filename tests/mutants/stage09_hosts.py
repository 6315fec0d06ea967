"""Broken servers for stage 9, Hostile input: the Host field."""

from tests.mutants.serving import CRASH, Mutant, hearing, instead, plain, replacing

MUTANTS = (
    Mutant(
        id="host-not-needed",
        breaks=("hosts-missing",),
        serve=hearing(replacing(rb"\A(GET / HTTP/1\.1\r\n)\r\n", rb"\1Host: localhost\r\n\r\n")),
    ),
    Mutant(
        id="first-host",
        breaks=("hosts-two",),
        serve=hearing(replacing(rb"(\r\nHost: [^\r]*)\r\nHost: [^\r]*", rb"\1")),
    ),
    Mutant(id="first-of-hosts", breaks=("hosts-list",), serve=hearing(replacing(rb", elsewhere\.example", b""))),
    Mutant(
        id="host-with-user", breaks=("hosts-userinfo",), serve=hearing(replacing(rb"Host: user[^@\r]*@", b"Host: "))
    ),
    Mutant(
        id="host-by-its-beginning",
        breaks=("hosts-path",),
        serve=hearing(replacing(rb"Host: (?:http://)?([^/\r]+)(?:/test)?\r\n", rb"Host: \1\r\n")),
    ),
    Mutant(id="fails-at-no-host", breaks=("hosts-empty",), serve=instead(rb"GET / HTTP/1\.1\r\nHost: \r\n", CRASH)),
    Mutant(
        id="host-of-any-characters",
        breaks=("hosts-grammar",),
        serve=hearing(replacing(rb"Host: (?:local[ <%].*|l\xf6.*|localhost:.*|\[::1.*)\r\n", b"Host: localhost\r\n")),
    ),
    Mutant(id="fails-at-odd-host", breaks=("hosts-unusual",), serve=instead(rb"GET / HTTP/1\.1\r\nHost: a_b", CRASH)),
    Mutant(
        id="host-of-letters",
        breaks=("hosts-unusual",),
        serve=instead(rb"GET http:\S+ HTTP/1\.1\r\nHost: (a_|%|\[v)", plain("400 Bad Request")),
    ),
    Mutant(
        id="host-from-anywhere",
        breaks=("hosts-absolute-missing",),
        serve=hearing(replacing(rb"\AGET http://(:80)?/", b"GET /")),
    ),
    Mutant(
        id="serves-any-host",
        breaks=("hosts-unknown",),
        serve=hearing(replacing(rb"Host: elsewhere\.example\r\n\r\n", b"Host: localhost\r\n\r\n")),
    ),
    Mutant(
        id="host-before-target",
        breaks=("hosts-absolute",),
        serve=hearing(replacing(rb"GET http://[^/]*(/ HTTP/1\.1\r\nHost: elsewhere)", rb"GET \1")),
    ),
    Mutant(
        id="host-of-old-clients",
        breaks=("hosts-http10",),
        serve=hearing(replacing(rb"\AGET / HTTP/1\.0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n")),
    ),
)
