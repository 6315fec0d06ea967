"""Broken servers for stage 9, Hostile input: malformed chunks."""

from tests.mutants.serving import CRASH, Mutant, hearing, instead, replacing

MUTANTS = (
    Mutant(
        id="signed-chunks",
        breaks=("chunks-size-signed",),
        serve=hearing(replacing(rb"\r\n\r\n[+-]8\r\n", b"\r\n\r\n8\r\n")),
    ),
    Mutant(
        id="sizes-by-int",
        breaks=("chunks-size-not-hexadecimal",),
        serve=hearing(replacing(rb"\r\n\r\n(0x8|0_8|eight|)\r\nname", b"\r\n\r\n8\r\nname")),
    ),
    Mutant(
        id="sizes-overflow",
        breaks=("chunks-size-huge",),
        serve=hearing(replacing(rb"\r\n(F{15}0|10{40})\r\nname", b"\r\n8\r\nname")),
    ),
    Mutant(
        id="fails-at-space-after-size", breaks=("chunks-size-space",), serve=instead(rb"(?s).*\r\n\r\n8 \r\n", CRASH)
    ),
    Mutant(
        id="fails-at-broken-extension",
        breaks=("chunks-extension-broken",),
        serve=instead(rb'(?s).*\r\n\r\n8;(a="b\r|=|\r)', CRASH),
    ),
    Mutant(
        id="fails-at-long-extension",
        breaks=("chunks-extension-long",),
        serve=instead(rb"(?s).*\r\n\r\n8;a=bbb", CRASH),
    ),
    Mutant(id="overrun-dropped", breaks=("chunks-overrun",), serve=hearing(replacing(rb"(?<=name=Ada) Lovelace", b""))),
    Mutant(id="two-bytes-unseen", breaks=("chunks-end",), serve=hearing(replacing(rb"(?<=name=Ada)XX", b"\r\n"))),
    Mutant(
        id="fails-at-framing-trailer",
        breaks=("chunks-trailer-framing",),
        serve=instead(rb"(?s).*\r\n0\r\nContent-Length: 50", CRASH),
    ),
)
