"""The glossary: the words of the page for readers who meet them for the first time."""

from collections.abc import Mapping

from sidebyside.page.explanations import Explanation

WORDS: Mapping[str, Explanation] = {
    "body": Explanation("The content of a request or a response, after the empty line.", "RFC 9110 §6.4"),
    "bytes": Explanation("What really travels between client and server: numbers from 0 to 255."),
    "cache": Explanation("It stores responses and gives them out again without asking the server.", "RFC 9111 §1"),
    "chunk": Explanation(
        "A piece of a body with its own length, for a body whose length is not known yet.", "RFC 9112 §7.1"
    ),
    "client": Explanation("The program that sends requests, for example a browser.", "RFC 9110 §3.3"),
    "connection": Explanation("An open line between client and server, over which bytes go both ways.", "RFC 9112 §9"),
    "contract": Explanation("The list of rules that a server must follow here, in ten stages."),
    "converter": Explanation("It decides which texts fit a part of a path, and makes a value of the text."),
    "Django": Explanation("A web framework in Python with everything a web site needs in one package."),
    "Flask": Explanation("A small web framework in Python: a function with a decorator is a page."),
    "framework": Explanation("A library that calls your code: it reads the request and sends the response for you."),
    "header field": Explanation("A line with a name and a value, before the body: Content-Length: 5.", "RFC 9110 §5"),
    "media type": Explanation("The kind of content that a body has: text/html, image/png.", "RFC 9110 §8.3.1"),
    "method": Explanation("The first word of a request: GET reads, POST sends content.", "RFC 9110 §9"),
    "packet": Explanation("Some bytes that arrive together. One request may come in several packets."),
    "path": Explanation("The part of a URL that names the page on its server.", "RFC 3986 §3.3"),
    "percent-encoding": Explanation("A byte as % and two digits, where it cannot stand itself: %20.", "RFC 3986 §2.1"),
    "port": Explanation("The number that leads a connection to one program of a machine."),
    "proxy": Explanation("A program between client and server that passes messages on.", "RFC 9110 §3.7"),
    "request": Explanation("The message of a client: method, path, header fields, perhaps a body.", "RFC 9110 §3.4"),
    "response": Explanation("The message of a server: status, header fields, perhaps a body.", "RFC 9110 §3.4"),
    "route": Explanation("A pattern for paths, and the view that makes the pages at these paths."),
    "router": Explanation("It finds the route that fits a request."),
    "safe method": Explanation("A method that only reads: GET, HEAD, OPTIONS.", "RFC 9110 §9.2.1"),
    "server": Explanation("The program that waits for requests and sends responses.", "RFC 9110 §3.3"),
    "socket": Explanation("The end of a connection in a program: it sends and receives bytes."),
    "status": Explanation("A number that says how the request went: 200 is success, 404 not found.", "RFC 9110 §15"),
    "view": Explanation("A function that makes a page."),
    "WSGI": Explanation("The agreement by which Python servers call Python frameworks: PEP 3333."),
}
