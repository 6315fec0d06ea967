"""Broken servers for stage 9, Hostile input: Content-Length and Transfer-Encoding."""

from tests.mutants.serving import Mutant, hearing, replacing

CODED = b"Transfer-Encoding: chunked"

MUTANTS = (
    Mutant(
        id="coding-wins",
        breaks=("framing-length-first",),
        serve=hearing(replacing(rb"Content-Length: 5\r\n(?=Transfer)", b"")),
    ),
    Mutant(
        id="coding-wins-if-first",
        breaks=("framing-coding-first",),
        serve=hearing(replacing(rb"(?<=chunked\r\n)Content-Length: 5\r\n", b"")),
    ),
    Mutant(
        id="first-length",
        breaks=("framing-lengths-differ",),
        serve=hearing(replacing(rb"(?<=Content-Length: 5)(\r\nContent-Length:|,) 6", b"")),
    ),
    Mutant(
        id="no-length-of-two",
        breaks=("framing-lengths-same",),
        serve=hearing(replacing(rb"Content-Length: (\d+)(\r\nContent-Length: |, )\1\r\n", b"")),
    ),
    Mutant(
        id="signed-length",
        breaks=("framing-length-signed",),
        serve=hearing(replacing(rb"Content-Length: [+-]5\r\n", b"Content-Length: 0\r\n")),
    ),
    Mutant(
        id="length-by-int",
        breaks=("framing-length-not-decimal",),
        serve=hearing(replacing(rb"Content-Length: (0x5|1_0|5 5|5\.0|\xb2)\r\n", b"Content-Length: 0\r\n")),
    ),
    Mutant(
        id="chunked-anywhere",
        breaks=("framing-chunked-not-last",),
        serve=hearing(replacing(rb"(?<=chunked)(, gzip|\r\nTransfer-Encoding: identity)", b"")),
    ),
    Mutant(
        id="chunked-and-again",
        breaks=("framing-chunked-twice",),
        serve=hearing(replacing(rb"(?<=chunked)(, chunked|\r\nTransfer-Encoding: chunked)", b"")),
    ),
    Mutant(
        id="any-coding-is-chunked",
        breaks=("framing-coding-empty",),
        serve=hearing(replacing(rb"Transfer-Encoding:( ,)?(?=\r\n)", CODED)),
    ),
    Mutant(
        id="chunked-somewhere",
        breaks=("framing-coding-disguised",),
        serve=hearing(replacing(rb"Transfer-Encoding: (\x0b|x|\")chunked\"?", CODED)),
    ),
    Mutant(
        id="chunks-from-old-clients",
        breaks=("framing-coding-http10",),
        serve=hearing(replacing(rb"POST / HTTP/1\.0(\r\n[^\r]*\r\nTransfer-Encoding)", rb"POST / HTTP/1.1\1")),
    ),
    Mutant(
        id="codings-passed-over",
        breaks=("framing-coding-unknown",),
        serve=hearing(replacing(rb"x-unheard-of, ", b"")),
    ),
)
