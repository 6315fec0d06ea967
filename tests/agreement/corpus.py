"""Requests, good and bad, that chance puts together from the parts of a grammar."""

import re
from collections.abc import Iterator
from random import Random

SYMBOL = re.compile(r"<([A-Za-z-]+)>")
ODDITY = 0.035  # how often a part that may be odd is, as long as none was: about every second request has one
BLEMISH = 0.06  # how often a request has one octet changed instead

# What each part may be: well formed, and odd (some of that is legal, too). Octets as Latin-1 text; <a> is a part.
PARTS: dict[str, tuple[list[str], list[str]]] = {
    "request": (
        [
            "<start><host><field><field><end>",
            "<method><space><target><space>HTTP/1.0<eol><host><field><end>",
            "<start><field><host><connection><end>",
            "<start><host><length>",
            "<start><field><host><length>",
            "<start><host><chunked>",
            "<start><host><field><chunked>",
            "<start><host><expect><chunked>",
        ],
        ["<start><field><end>", "<start><host><host><end>", "<start><host><many><end>"],
    ),
    "start": (["<before><method><space><target><space><version><eol>"], ["<method><space><target><eol>", "<eol>"]),
    "before": (
        [""],
        ["\r\n", "\r\n", "\r\n", "\r\n\r\n", "\n", "\r", " ", "\0", "\t\r\n", "\x16\x03\x01", "\n\r\n", "\r\r\n"],
    ),
    "method": (
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"],
        ["get", "BREW", "CONNECT", "PRI", "", "G<bad>T", "GET<bad>", "G(T", "M-SEARCH", "PROPFIND", "<char><char>"],
    ),
    "space": ([" "], ["  ", "\t", "", "\v", " \t", "\xa0", "\r", "\n"]),
    "target": (
        ["/<segment>", "/<segment>/<segment>", "/<segment>?<query>", "http://<name>/<segment>", "/", "//<segment>"],
        [
            "*", "", "<segment>", "/<segment>#<segment>", "/<segment><bad>", "/?<query><bad>", "/%<segment>", "/%zz",
            "/%00", "/%0d%0aA:<segment>", "/%ff", "/\xe9", "/\\", '/"', "/{}", "/|", "/^", "/`", "/<<>>", "/[]", "?",
            "http://", "http:///", "http://<name>", "http://<name>?<query>", "http://u@<name>/", "https://<name>/",
            "ftp://<name>/", "HTTP://<name>:<digit>/", "http://<name>:x/", "http:/<segment>", "<name>:80", "/?\x7f",
        ],
    ),
    "segment": (["<char><char><char>", "<char>%20<char>", "%C3%A9<char>", ";<char>=,<char>", "", "<char>.."], []),
    "query": (["<char>=<char>", "<char>=%<digit>0&<char>=", "<char>?/<char>", "", "a<digit>=+"], []),
    "version": (
        ["HTTP/1.1"],
        [
            "HTTP/1.0", "HTTP/1.0", "HTTP/1.2", "HTTP/1.<digit>", "HTTP/2.0", "HTTP/0.9", "HTTP/3.1", "HTTP/1",
            "HTTP/1.", "HTTP/11", "http/1.1",
            "HTTP/1.10", "HTTP/01.1", "HTTP /1.1", "HTTPS/1.1", "HTTP/1,1", "", "HTTP/1.1 ", "HTTP/1.1\t",
            "HTTP/1.1<bad>",
            "ICE/1.0", "RTSP/1.0", "HTTP/9.9",
        ],
    ),
    "eol": (["\r\n"], ["\n", "\r", "\n\r", "\r\r\n", "\r\n\n", " \r\n"]),
    "end": (["<eol>"], ["\n", "\r", "\r\r\n", " \r\n"]),
    "host": (
        ["<Host>: <name><eol>", "<Host>:<name>:<digit>0<eol>", "<Host>: [::<digit>]<eol>", "<Host>: <name>:<eol>"],
        [
            "", "<Host>:<eol>", "<Host>: <name>,<name><eol>", "<Host>: <name>, <name><eol>", "<Host>: u@<name><eol>",
            "<Host>: <name>/<eol>", "<Host>: <name>:x<eol>", "<Host>: [:::]<eol>", "<Host>: <name> <name><eol>",
            "<Host>: [v1.a]<eol>", "<Host>: %41<eol>", "<Host>: %<eol>", "<Host>: <name><bad><eol>",
            "<Host>: \xe9<eol>",
            "<Host>: [::1<eol>", "<Host>: <name>\\<eol>", "<Host>: :80<eol>", "<Host>: http://<name><eol>",
        ],
    ),
    "Host": (["Host", "host", "HOST"], []),
    "name": (["<char><char>", "<char>.<char>", "127.0.0.<digit>", "localhost", "<char>_<char>-"], []),
    "field": (
        ["<key>:<ows><value><ows><eol>"],
        [
            "<key> :<value><eol>", "<key>\t:<value><eol>", " <key>:<value><eol>", "<key><eol>", ":<value><eol>",
            "<key><bad>:<value><eol>", "<key>\xe9:<value><eol>", "<key>(:<value><eol>",
            "<key>:<value><bad><value><eol>",
            "<key>:<bad><value><eol>", "<key>:<value><bad><eol>", "<key>:<value>\r\n <value><eol>", "<key>: \xe9<eol>",
            "<key>:<value>\r\n\t<value><eol>", "<key>:\r\n <eol>", "<key>:<value>\r\n\r<value><eol>", "<key>\0:<eol>",
            "Upgrade: <char><eol>Connection: upgrade<eol>", "Content-Length: 0<eol>", "Trailer: <key><eol>",
        ],
    ),
    "key": (["X-<char><char>", "<char>", "Accept", "Cookie", "!#$%&'*+-.^_`|~<digit>", "x_<char>"], []),
    "value": (
        ["<char><char><char>", '"<char>, <char>"', "", "<char> \t<char>", "<char>:;=@\\(<char>", "\x80\xff<char>"],
        [],
    ),
    "ows": (["", " ", "\t", " \t "], []),
    "many": (["A: b\r\n" * 120], []),
    "connection": (
        ["Connection: close<eol>", "Connection: keep-alive<eol>", "Connection: <char>,Close<eol>", "connection:<eol>"],
        ["Connection: upgrade<eol>", "Connection: close, keep-alive<eol>", "Connection: ,<bad><eol>"],
    ),
    "expect": (["Expect: 100-continue<eol>", "<field>"], ["Expect: <char><eol>", "Expect: 100-continue, <char><eol>"]),
    "length": (
        [
            "Content-Length: 3<eol><end><octet><octet><octet>",
            "content-length:0<eol><end>",
            "Content-Length: 0<digit><eol><field><end>123456789",
            "Content-Length:\t1 <eol><field><end><octet>",
        ],
        [
            "Content-Length: <not-a-length><eol><end>123",
            "Content-Length: 3<eol>Content-Length: 3<eol><end>123",
            "Content-Length: 3<eol><field>content-length: 2<eol><end>123",
            "Content-Length: 3, 3<eol><end>123",
            "Content-Length: 3<eol>Transfer-Encoding: chunked<eol><end>0\r\n\r\n",
            "Transfer-Encoding: chunked<eol><field>Content-Length: 5<eol><end>0\r\n\r\n",
            "Content-Length : 3<eol><end>123",
            "Content-Length: 3<eol><end>1",
        ],
    ),
    "not-a-length": (
        [
            "+3", "-3", "0x3", "3.0", "", "3,", "3 3", "1_0", "3<bad>", "\xb2", "<char>", "1048577", "9" * 30, '"3"',
            "3;a", "3\xa0", "\x853",
        ],
        [],
    ),
    "chunked": (["<Coding>: <coding><eol><end><chunk><last>", "<Coding>: <coding><eol><end><chunk><chunk><last>"], []),
    "Coding": (
        ["Transfer-Encoding", "transfer-encoding"],
        ["Transfer-Encoding ", "Transfer_Encoding", "Transfer-Encodin"],
    ),
    "coding": (
        ["chunked", "Chunked", "CHUNKED"],
        [
            "gzip, chunked", "chunked, gzip", "chunked, chunked", "", ",chunked", "chunked,", "identity",
            "identity, chunked",
            '"chunked"', "chunked;a=b", "xchunked", "chunked<bad>", "\vchunked", "gzip",
            "chunked<eol><Coding>: chunked",
            "gzip<eol><Coding>: chunked", "chunked<eol><Coding>: identity", "x-chunked", "chun ked",
            "chunked\xa0", "\x85chunked",
        ],
    ),
    "chunk": (
        [
            "1<extension><eol><octet><after>",
            "09<extension><eol>123456789<after>",
            "A<extension><eol>123456789<octet><after>",
            "a<extension><eol>12345\r\n\0<octet><octet><after>",
        ],
        ["<not-a-size><eol>123<after>", "3<eol>12<after>", "3<eol>1234<after>", "3<eol>123"],
    ),
    "not-a-size": (
        ["+3", "-3", "0x3", "", " 3", "3 ", "3\t", "3<bad>", "g", "1_0", "3.", "f" * 16, "0" * 17 + "3", "3h"],
        [],
    ),
    "extension": (
        ["", "", "", ";<char>", ";<char>=<char>", ';<char>="<char>\\""', ";a;<char>=b"],
        [
            " ;<char>", "\t;<char>=<char>", "; <char>", ";<char> =<char>", ";<char>= <char>", ";", ";=", ";<char>=",
            ';<char>="', ";<bad>", ";<char>=<bad>", ';a="<bad>"', ";a b", ",a", ";" + "a" * 1100, ";a=\xe9",
        ],
    ),
    "after": (["<eol>"], ["\n", "\r", "x\r\n", ""]),
    "last": (["0<extension><eol><trailers><end>", "000<eol><end>"], ["", "0\r\n", "0<eol>", "-0<eol><end>"]),
    "trailers": (["", "", "<field>"], ["<framing-trailer>", " <field>", "<key><eol>"]),
    "framing-trailer": (["Content-Length: 3<eol>", "Transfer-Encoding: chunked<eol>", "Host: <name><eol>"], []),
    "bad": (["\0", "\x01", "\v", "\f", "\r", "\n", "\x1b", "\x7f", "\x80"], []),
    "octet": (["a", "\0", "\r", "\n", "\xff", "<char>", "<digit>", "G"], []),
    "char": (list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), []),
    "digit": (list("123456789"), []),
}  # fmt: skip


def requests(seed: int, count: int) -> Iterator[bytes]:
    """Yield different requests, always the same ones for a seed."""
    chance = Random(seed)
    seen: set[bytes] = set()
    while len(seen) < count:
        data = Composer(chance).request()
        if data not in seen:
            seen.add(data)
            yield data


class Composer:
    """Composes one request, in which at most one part is odd."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.odd = chance.random() < BLEMISH
        self.blemish = self.odd

    def request(self) -> bytes:
        data = self.compose("request").encode("latin-1")
        return self.change(data) if self.blemish else data

    def compose(self, part: str) -> str:
        good, odd = PARTS[part]
        choices = good
        if odd and not self.odd and self.chance.random() < ODDITY:
            self.odd, choices = True, odd
        return SYMBOL.sub(lambda symbol: self.compose(symbol[1]), self.chance.choice(choices))

    def change(self, data: bytes) -> bytes:
        """Insert or delete one octet."""
        place = self.chance.randrange(len(data))
        if self.chance.random() < 0.5:
            return data[:place] + data[place + 1 :]
        return data[:place] + self.chance.randbytes(1) + data[place:]
