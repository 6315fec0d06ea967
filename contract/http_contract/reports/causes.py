"""The causes in words: what a program does wrong, how to recognise it, and what to do. No program reads them back.

The key is the id of a cause, or the id, a slash and a variant. reports/remedies.py adds advice for each language.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Cause(NamedTuple):
    """One cause in words; without advice, the hint of the rule is the advice."""

    title: str  # continues "The program ..."
    text: str
    sign: str  # how to recognise it
    advice: str = ""


SINGLE_RECV = "reads only one packet of a request"
ONE_PACKET = "Small requests work, because they arrive in one packet. Long requests, and split ones, fail at random."
BUFFER = "Append what you receive to a buffer until the buffer contains \\r\\n\\r\\n."
REQUEST_ENDED = "This request ended the program."
DIES = "The server works in a browser, and ends at one unusual request."
CAUSES: Mapping[str, Cause] = {
    "blocks-on-idle": Cause(
        "serves only one client at a time",
        "The program waits for one client, and does not answer the others meanwhile.",
        "The page does not load while another client, such as `nc 127.0.0.1 PORT`, is connected and sends nothing.",
        "Give each client a thread or a process of its own, or wait for all clients at once.",
    ),
    "no-reuse-address": Cause(
        "does not set SO_REUSEADDR",
        "Unless SO_REUSEADDR is set, the system reserves a port for a minute after its connections have closed.",
        "The second start within a minute fails with `Address already in use`.",
        "Set SO_REUSEADDR on the listening socket before you bind it.",
    ),
    "address-in-use": Cause(
        "does not get its port",
        "The port is in use by another program, or by an earlier start of this one.",
        "The start fails with `Address already in use` (EADDRINUSE).",
        "End the other program, or choose another port.",
    ),
    "no-shell": Cause(
        "is started with the syntax of a shell",
        "The judge runs the command without a shell, and only a shell understands `&&`, `;`, `|`, "
        "`>`, `$NAME`, `NAME=value` and `cd`.",
        "The command works in a terminal, but not in contract.toml.",
        "Run it with a shell: sh -c 'cc -o server server.c && exec ./server {port}'.",
    ),
    "no-such-program": Cause(
        "is not found",
        "The command names a program that does not exist, or that may not be run.",
        "The message contains `No such file or directory` or `Permission denied`.",
        "Check the spelling of its first word, and whether the program is installed. `chmod +x "
        "FILE` makes a file executable.",
    ),
    "no-such-file": Cause(
        "is started from a file that does not exist",
        "The command names a file that does not exist.",
        "The interpreter prints that it cannot open or find the file.",
        "Check its spelling. The judge runs the command in the folder of contract.toml, or in the current folder.",
    ),
    "does-not-start": Cause(
        "fails at its start",
        "The program fails before it listens.",
        "Its output ends with an error, and no port is open.",
        "Read the error that it prints: most errors name a file and a line. Start it by hand to see all of it.",
    ),
    "waits-for-keyboard": Cause(
        "reads from the keyboard",
        "The program waits for input from the keyboard. The judge gives it none, so it ended.",
        "The server ends when it is started with `< /dev/null`.",
        "Let the program wait for its server instead: for its loop, or for its thread.",
    ),
    "ends-at-once": Cause(
        "ends before it listens",
        "The program reached its end, or went into the background, before the judge could connect.",
        "The shell shows its prompt at once after the start.",
        "Call the function that starts the server, and accept clients in an endless loop. Stay in the foreground: "
        "the judge ends the server itself.",
    ),
    "compares-with-lf": Cause(
        "does not recognise the empty line",
        "The program answers only where lines end with \\n alone. Lines end with \\r\\n, so it never finds the empty "
        "line after the head.",
        "A browser loads the page without end, and `printf 'GET / HTTP/1.1\\n\\n' | nc 127.0.0.1 PORT` shows it.",
        "Remove the \\r at the end of each line, too, or compare the line with \\r\\n.",
    ),
    "closes-without-response": Cause(
        "closes the connection without a response",
        "The program closes the connection before it has sent anything, and prints no error.",
        "curl prints `Empty reply from server`.",
        "Read up to the empty line, then send a response, and close the connection last. If your code does so already, "
        "print the errors that it catches, and flush its buffers.",
    ),
    "silent": Cause(
        "sends no response",
        "The program accepts connections, and sends nothing.",
        "A browser loads the page without end.",
        "Read up to the empty line, not up to the end of the connection, then send a response, and flush the output.",
    ),
    "answers-each-packet": Cause(
        "responds to each packet",
        "The program sends a response for each packet that arrives, although several packets are one request.",
        ONE_PACKET,
        BUFFER,
    ),
    "single-recv/early": Cause(
        SINGLE_RECV,
        "The program responded before the whole request had arrived.",
        ONE_PACKET,
        BUFFER,
    ),
    "leaves-waiting/method": Cause(
        "leaves clients waiting for a method",
        "The program sends no response to this method, and does not close the connection.",
        "`curl -I URL` waits without end.",
        "Respond to every request: with 405 or 501 if you do not serve its method. Flush the output.",
    ),
    "leaves-waiting/path": Cause(
        "leaves clients waiting for a path",
        "The program sends no response to this request, and does not close the connection.",
        "A browser loads the page without end.",
        "Respond to every request: with 404 if you do not serve its path. Flush the output.",
    ),
    "child-dies": Cause(
        "loses the process that serves a client",
        "The program starts a process for each client, and a signal ended this one before it had sent a response.",
        "The connection closes without a response, and the server prints nothing.",
        "Find the line at which the process fails at this request, and check what it uses there.",
    ),
    "not-flushed": Cause(
        "does not flush its output",
        "The response came only after the client had closed its side: until then, it was in a buffer of the program.",
        "A browser loads the page without end, although the program has written the response.",
        "Flush the output after each response. Closing the stream flushes it; closing only the socket loses the rest.",
    ),
    "not-flushed/part": Cause(
        "does not flush its output",
        "The response ends where a buffer was full: the rest is in a buffer of the program.",
        "Long pages end after 4096 or 8192 bytes, and short ones do not come at all.",
        "Flush the output after each response. Closing the stream flushes it; closing only the socket loses the rest.",
    ),
    "literal-escapes": Cause(
        "sends backslashes for line ends",
        "The program sends the four characters \\r\\n, two of them backslashes, where a line end belongs.",
        "The whole response is one line.",
        "Write line ends as your language reads them; in many languages, only between double quotation marks.",
    ),
    "fields-joined": Cause(
        "sends two header fields in one line",
        "A header field follows another one without a line end between them.",
        "The value of a field contains the name of the next one.",
        "End every field with \\r\\n. In some languages, a missing comma joins two texts.",
    ),
    "extra-crlf": Cause(
        "sends two empty lines after the header fields",
        "The program sends one line end too many after the head, so it becomes the beginning of the body.",
        "The body begins with an empty line, and its last two bytes are too many.",
        "Send \\r\\n after the last header field, then \\r\\n once more, then the body.",
    ),
    "judges-by-fields": Cause(
        "rejects the header fields of a browser",
        "The program responds with 400 to a browser, although it serves the same page to others.",
        "`curl` gets the page, and a browser does not.",
        "Split the request into lines first. Only the first line has three words; the fields may contain any number.",
    ),
    "decodes-as-ascii": Cause(
        "decodes the request as ASCII",
        "The program decodes the request as ASCII, but these bytes are not ASCII.",
        "It fails as soon as a request contains a letter such as é.",
        "Decode the head as ISO-8859-1, which accepts any byte, or work with bytes.",
    ),
    "decodes-as-utf8": Cause(
        "decodes the request as UTF-8",
        "The program decodes the request as UTF-8, but these bytes are not valid UTF-8.",
        "It fails as soon as a request contains a byte such as 0xFF.",
        "Decode the head as ISO-8859-1, which accepts any byte, or work with bytes.",
    ),
    "single-recv/first-piece": Cause(
        SINGLE_RECV,
        "The program treats what it receives first as the whole request; here it was the first part.",
        ONE_PACKET,
        BUFFER,
    ),
    "dies-of-lost-client": Cause(
        "ends when a client disconnects",
        "A client closed its connection early, and the program ended.",
        "The server ends when a browser is stopped while it loads a page.",
        "Receiving and sending then fail. Handle that error for each client, and continue with the next client.",
    ),
    "error-taken-for-end": Cause(
        "ends when reading fails",
        "A client reset its connection, so reading failed. The program treated the error as the end, and ended.",
        "Its exit status is 0 after a client has disconnected suddenly.",
        "Reading has three results: bytes, the end of the connection, and an error. After an error, close that "
        "connection, and continue with the next client.",
    ),
    "ends-by-itself": Cause(
        "ends after some clients",
        "The program reached its last line, and ended.",
        "Its exit status is 0, and its output contains no error.",
        "Accept clients in an endless loop. After each client, even one that sends nothing, continue with the next "
        "one.",
    ),
    "dies-of-empty-connection": Cause(
        "ends when a client sends nothing",
        "A client sent nothing, and the program treated the end of its connection as a request.",
        "The server ends when `nc 127.0.0.1 PORT < /dev/null` connects.",
        "Where you receive no bytes, close that connection and continue with the next client. Browsers often open a "
        "connection and send nothing.",
    ),
    "dies-of-empty-connection/half": Cause(
        "ends when a client closes early",
        "A client closed its connection in the middle of a request, and the program treated what it had as a request.",
        "The server ends when `printf 'GET / HT' | nc -N 127.0.0.1 PORT` connects.",
        "Where you receive no bytes before the empty line, close that connection and continue with the next client.",
    ),
    "dies-of-short-request-line": Cause(
        "ends at a short request line",
        "The request line has fewer words than the program expects.",
        "The error is about an item that a list does not have.",
        "Split the line, check that there are three words, and answer 400 if there are not.",
    ),
    "single-recv/part": Cause(
        SINGLE_RECV,
        "The program treats what it receives first as the whole request; here it was only a part.",
        ONE_PACKET,
        BUFFER,
    ),
    "single-recv/long": Cause(
        SINGLE_RECV,
        "The program treats what it receives first as the whole request; this request is longer.",
        ONE_PACKET,
        "Append what you receive to a buffer until the buffer contains \\r\\n\\r\\n, or is too long: then answer 414.",
    ),
    "dies-of-error/mistake": Cause(
        "ends because of a mistake in its code",
        "The program has a mistake that this request reveals.",
        "The error names a variable, an attribute or a type.",
        "Fix that line first. Then handle errors for each client, and continue with the next one.",
    ),
    "dies-of-error/twice": Cause(
        "ends because it answers twice",
        "The program answered this request twice, and the second answer ended it.",
        "The error says that the header fields have been sent already.",
        "Return from the handler after each response.",
    ),
    "dies-of-error/many": Cause(
        "ends when many clients are connected",
        "The program ended while many clients were connected.",
        "The server works for one client, and ends when several come at the same time.",
        "Give each client its own variables, such as the number of its socket, and lock what threads share.",
    ),
    "dies-of-error": Cause(
        "ends at an error",
        REQUEST_ENDED,
        DIES,
        "Handle errors for each client, answer 500 or close the connection, and continue with the next client.",
    ),
    "stops-responding": Cause(
        "stops responding",
        "After this connection, the program still runs, but answers nobody.",
        "The server works, and after one unusual client no browser gets a page any more.",
        "Find what it waits for: a loop that does not end where the client has closed the connection, or a lock that "
        "is not released.",
    ),
    "shows-traceback": Cause(
        "sends its error to the client",
        "The program failed at this request, and the response shows its error.",
        "The page contains the lines of an error instead of content.",
        "Fix that line first. Then handle the errors of each request: print them, and send a short page with 500.",
    ),
    "single-recv": Cause(
        SINGLE_RECV,
        "The program treats what it receives first as the whole request, and does not wait for the rest.",
        ONE_PACKET,
        BUFFER,
    ),
    "never-closes": Cause(
        "never ends its response",
        "The response has no length, so only the end of the connection can end it, and the program "
        "does not close the connection.",
        "The browser shows the page, but continues to load; curl does not end.",
        "Send Content-Length with every response. If the request contains `Connection: close`, close the connection "
        "after the response.",
    ),
    "never-closes/whole": Cause(
        "does not close the connection",
        "The response is complete, but the program does not close the connection after it.",
        "curl with the field `Connection: close` shows the page, and does not end.",
    ),
    "no-length/second-request": Cause(
        "sends no length",
        "The first response has no length, so it ended with the connection, and the next request had no connection.",
        "The response has no Content-Length, and the connection closes after it.",
        "Send Content-Length with every response, and leave the connection open.",
    ),
    "closes-always": Cause(
        "closes the connection after each response",
        "The program closes the connection after each response.",
        "`curl -v URL URL` connects twice.",
    ),
    "closes-unread": Cause(
        "closes the connection too early",
        "The program closed the connection before it had read the whole request. The system then "
        "resets the connection, and the client may lose the response.",
        "Clients sometimes report `Connection reset by peer` after a long request.",
        "Read the request to its end before you close the connection; one packet is not enough.",
    ),
    "line-before-status-line": Cause(
        "sends white space first",
        "White space comes before the status line. A string in triple quotes begins with the line break after them.",
        "The first byte of the response is not the H of HTTP.",
        "Begin the response with the H of HTTP/1.1.",
    ),
    "no-version": Cause(
        "misspells HTTP/1.1",
        "The first line begins with something similar to `HTTP/1.1`, but capitals, slash and version must be exact.",
        "The first bytes of the response are not exactly `HTTP/1.1 `.",
        "Write `HTTP/1.1 200 OK`: version, space, three digits, space, reason.",
    ),
    "no-status-line": Cause(
        "sends no status line",
        "The response begins with its header fields: the status line before them is missing.",
        "The first line of the response contains a colon.",
        "Begin each response with `HTTP/1.1 200 OK`, or with another status, and \\r\\n.",
    ),
    "http-0.9/unknown-version": Cause(
        "answers without a status line",
        "The program does not recognise the version, and answers as in HTTP/0.9: without a status line.",
        "The response to an unknown version begins with the page.",
        "Answer 400, with a status line as always.",
    ),
    "http-0.9": Cause(
        "sends the page alone",
        "The program sends only the page, without status line and header fields, as in HTTP/0.9 of 1991.",
        "curl prints `Received HTTP/0.9 when not allowed`.",
        "Before the page send `HTTP/1.1 200 OK`, header fields, and an empty line.",
    ),
    "no-status-code": Cause(
        "sends no status code",
        "The status line has no status code after its version.",
        "No number of three digits follows `HTTP/1.1 `.",
        "Write `HTTP/1.1 200 OK`: version, space, three digits, space, reason.",
    ),
    "no-reason": Cause(
        "ends the status line after its code",
        "The status line ends after its code; a space must follow, even where no reason does.",
        "The first line is `HTTP/1.1 200` without a space at its end.",
        "Write a space and the reason after the code: `HTTP/1.1 404 Not Found`.",
    ),
    "bare-lf": Cause(
        "ends lines with \\n alone",
        "The program ends lines with `\\n`, as files do; HTTP's lines end with `\\r\\n`.",
        "`curl -i URL | cat -v` shows no ^M at the ends of the header lines.",
        "End each line of the head with \\r\\n, also in a string of several lines.",
    ),
    "no-empty-line": Cause(
        "sends no empty line after the header fields",
        "No empty line separates the head from the page, so clients read the page as header fields.",
        "The browser shows an empty page.",
        "Send \\r\\n once more after the last header field, also where no body follows.",
    ),
    "echoes": Cause(
        "sends the request back",
        "The program sends back what it receives, as an echo server does.",
        "The browser shows the request.",
        "Send a response instead: `HTTP/1.1 200 OK`, header fields, an empty line and a page.",
    ),
    "responds-twice": Cause(
        "sends two responses to one request",
        "A second response follows the first one, although there was only one request.",
        "`curl -i URL` shows one page, and `curl` warns about excess bytes.",
        "Return after the first response, or put the other one into an `else` branch.",
    ),
    "shows-bytes": Cause(
        "sends the notation of bytes",
        "The body is Python's notation for bytes, with b and quotation marks, instead of the bytes.",
        "The browser shows `b'` before the page.",
        "Do not put bytes into a formatted string: encode the head, and add the body with `+`.",
    ),
    "sends-whole-buffer": Cause(
        "sends its whole buffer",
        "Bytes of value 0 follow the body: the rest of the array that contains the response.",
        "`curl` warns about excess bytes.",
        "Send as many bytes as the response has, not as the array has.",
    ),
    "last-line-end": Cause(
        "does not count the last line end",
        "A line end follows the body, and Content-Length does not count it.",
        "The next response on the connection begins with an empty line.",
        "Count the line end, too, or send the page without it.",
    ),
    "length-in-characters": Cause(
        "counts characters as the length",
        "Content-Length is the number of characters, but some characters have more than one byte.",
        "Pages with letters such as é are cut short at their end.",
        "Encode the page first, and then count its bytes.",
    ),
    "length-with-head": Cause(
        "counts the head as part of the length",
        "Content-Length includes the head.",
        "Clients wait for more bytes after the page.",
        "Count only the bytes after the empty line.",
    ),
    "wrong-length/too-small": Cause(
        "sends a wrong Content-Length",
        "Content-Length is smaller than the body.",
        "The page is cut short at its end.",
        "Count the bytes of exactly what you send after the empty line.",
    ),
    "wrong-length/too-great": Cause(
        "sends a wrong Content-Length",
        "Content-Length is greater than the body, so the client waits for more.",
        "The page loads, but the browser waits.",
        "Count the bytes of exactly what you send after the empty line.",
    ),
    "no-length": Cause(
        "sends no length",
        "The head does not contain the length of the body, so a client cannot know whether the response is complete.",
        "`curl -i URL` shows no Content-Length.",
        "Send Content-Length with every response: the number of bytes after the empty line.",
    ),
    "no-date": Cause("sends no Date", "The program sends no Date.", "`curl -i URL` shows no Date."),
    "no-content-type": Cause(
        "sends no Content-Type",
        "The program sends no Content-Type.",
        "`curl -i URL` shows no Content-Type; some browsers show the page as text.",
    ),
    "query-in-path": Cause(
        "looks up path and query together",
        "The program looks up path and query together, and no page has that name.",
        "`/` works, and `/?a=1` is 404.",
    ),
    "no-404": Cause(
        "sends no 404",
        "The program answers every path with 200.",
        "`curl -i URL/no-such-page` shows 200.",
    ),
    "body-on-head": Cause(
        "sends the page for HEAD",
        "The program sends the page in response to HEAD, too.",
        "Bytes come after the empty line of a response to HEAD.",
    ),
    "head-not-like-get": Cause(
        "does not serve HEAD like GET",
        "The response to HEAD is not the response to GET without the page.",
        "`curl -I URL` and `curl -i URL` show different statuses.",
    ),
    "ignores-method": Cause(
        "ignores the method",
        "The program ignores the method, and answers every request as if it were GET.",
        "`curl -X DELETE URL` returns the page.",
        "Read the first word of the request line, and answer 405 with Allow if the page does not support that method.",
    ),
    "no-allow": Cause(
        "sends 405 without Allow",
        "The 405 response does not list the methods that the page supports.",
        "`curl -i -X DELETE URL` shows 405 and no Allow.",
    ),
    "unchecked-request": Cause(
        "does not check requests",
        "The program does not check for this: it answers a malformed request as if it were valid.",
        "A malformed request gets 200 instead of 400.",
    ),
    "raises/mistake": Cause(
        "fails at a request",
        "The program failed at this request, although it is a plain request for a page.",
        "The output of the server contains an error; the client gets no page.",
        "Fix that line first. Then handle the errors of each request, and answer 500.",
    ),
    "raises": Cause(
        "fails at a request",
        "The program failed at this request, and continued with the next one.",
        "The output of the server contains an error; the client gets no response, or 500.",
        "Handle the errors of each request, and answer 400 or 500.",
    ),
}


def base_of(key: str) -> str:
    """Return the id of a cause from its key."""
    return key.partition("/")[0]


def keys_of(cause: str) -> list[str]:
    """Return the keys of a cause: its own, and those of its variants."""
    return [key for key in CAUSES if base_of(key) == cause]


IDS = tuple(dict.fromkeys(map(base_of, CAUSES)))
"""The id of each cause, once."""
