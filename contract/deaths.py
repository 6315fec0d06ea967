"""What ends a learner's program, and how each of them shows."""

from contract.cases import Case, last_words
from contract.signs import (
    IN_USE,
    MISSING,
    MISTAKE,
    SHELL,
    UNDECODED,
    Sign,
    by_a_part,
    by_few_words,
    by_missing,
    by_nothing,
    gone,
    in_order,
    lost_client,
    of,
    raised,
    says,
    starts_not,
    wrote,
)


def dies(cause: str, *signs: Sign, text: str, advice: str = "") -> Case:
    return Case(cause, (gone, *signs), text, advice, last_words)


DEATHS = (
    Case(
        "no-reuse-address",
        (of("listen-restarts"), wrote(IN_USE)),
        "The system keeps a port back for a minute after its connections, unless SO_REUSEADDR is set.",
        "Before bind(): listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1).",
    ),
    Case(
        "address-in-use",
        (wrote(IN_USE),),
        "The port is taken: another program listens there, or an earlier start of this one still does.",
        "End the other program, or take another port.",
    ),
    Case(
        "no-shell",
        (says(SHELL),),
        "No shell runs the command, and only a shell knows `&&`, `;`, `|`, `>`, `$NAME`, `NAME=value` and `cd`.",
        "Let a shell run it, as in: sh -c 'cc -o server server.c && exec ./server {port}'.",
    ),
    Case(
        "no-such-program",
        (says(r"did not start: (No such file|Permission denied|Not a directory)|bwrap: execvp "),),
        "The command names a program that is not there, or that may not be run.",
        "See how its first word is spelled, and whether it is installed; `chmod +x` lets a file be run.",
    ),
    Case(
        "no-such-file",
        (says(r"(?s)did not start: it has ended.*(can't open file|Cannot find module '/)"),),
        "The command names a file that is not there.",
        "It is looked for in the folder of contract.toml, or in the one that you are in. See how it is spelled.",
    ),
    Case("does-not-start", (starts_not,), "The program fails before it listens.", "Run it by hand.", last_words),
    dies(
        "decodes-as-utf8",
        raised(UNDECODED),
        text="The program decodes the request as UTF-8, and these bytes are none.",
        advice="Decode the head as ISO-8859-1, which takes any byte, or work with bytes.",
    ),
    dies(
        "single-recv",
        of("respond-three-packets", "respond-byte-by-byte"),
        text="The program takes what one recv() gives for the whole request; here it was the first part.",
    ),
    dies(
        "dies-of-lost-client",
        lost_client,
        text="A client left early, and the program did not survive it.",
        advice="recv() and sendall() raise ConnectionError then: catch it for each client, and go on accepting.",
    ),
    dies(
        "ends-by-itself",
        in_order,
        text="The program came to its end, as if it had no more to do.",
        advice="Accept in a loop without end: after a client, also one that sends nothing, `continue`, not `break`.",
    ),
    dies(
        "dies-of-empty-connection",
        by_nothing,
        text="A client sent nothing, recv() returned b'', and the program took that for a request.",
        advice="Where recv() returns b'', close that connection and go on accepting; browsers do this all the time.",
    ),
    dies(
        "dies-of-short-request-line",
        by_few_words,
        by_missing,
        text="The request line has fewer words than the program takes from it.",
        advice="Split the line, see that there are three words, and answer 400 where there are not.",
    ),
    dies(
        "single-recv",
        by_a_part,
        raised(MISSING),
        text="The program takes what one recv() gives for the whole request; here it was only a part of one.",
        advice="Keep what has come, and receive more until it holds \\r\\n\\r\\n.",
    ),
    dies(
        "single-recv",
        of("targets-method-long"),
        raised(MISSING),
        text="The program takes what one recv() gives for the whole request; this one is longer.",
        advice="Keep what has come, and receive more until it holds \\r\\n\\r\\n, or is too long: then 414.",
    ),
    dies(
        "dies-of-error",
        raised(MISTAKE),
        text="The program has a mistake, which this request has shown.",
        advice="Mend that line first; then catch what goes wrong with one client, and go on accepting.",
    ),
    dies(
        "dies-of-error",
        text="The program did not survive this request.",
        advice="Catch what goes wrong with one client, answer 500 or close, and go on accepting.",
    ),
)
