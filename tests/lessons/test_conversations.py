"""Each rung in a scripted conversation: what it promises, under packets that are cut and clients that are rude."""

import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPSConnection
from threading import Thread

import pytest

from sidebyside.lessons.ladder import LESSONS
from tests.lessons.conftest import PATIENCE, Program, Start

ECHOES = (
    "03_echo_forever", "10_threads", "11_forks", "12_nonblocking", "13_select", "14_selectors", "15_asyncio_streams",
)  # fmt: skip
CONCURRENT = ECHOES[1:]
BY_HAND = (
    "28_lengths",
    "29_whole_heads",
    "30_many_browsers",
    "31_keep_alive",
    "32_head_and_405",
    "33_percent_decoding",
)
PICTURE = bytes(range(256)) * 40


def receive(client: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length and (received := client.recv(length - len(data))):
        data += received
    return data


def receive_until(client: socket.socket, end: bytes) -> bytes:
    data = b""
    while end not in data and (received := client.recv(4096)):
        data += received
    return data


def run(name: str, *arguments: str, text: str = "") -> str:
    """Run a program to its end; return what it prints."""
    command = [sys.executable, str(LESSONS / f"{name}.py"), *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@pytest.mark.parametrize("name", ["02_echo_once", *ECHOES])
def test_an_echo_server_returns_each_byte(start: Start, name: str) -> None:
    with start(name).connect() as client:
        for packet in (b"h", b"ello\n", b"\x00\xff\r\n", PICTURE):
            client.sendall(packet)
            assert receive(client, len(packet)) == packet


def test_the_first_echo_server_ends_with_its_client(start: Start) -> None:
    program = start("02_echo_once")
    program.connect().close()
    assert program.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("name", ECHOES)
def test_a_client_that_resets_its_connection_ends_no_server(start: Start, name: str) -> None:
    program = start(name)
    rude = program.connect()
    rude.sendall(b"x")
    reset(rude)
    with program.connect() as client:
        client.sendall(b"still there?\n")
        assert receive(client, 13) == b"still there?\n"


@pytest.mark.parametrize("name", CONCURRENT)
def test_two_clients_at_once(start: Start, name: str) -> None:
    program = start(name)
    with program.connect() as first, program.connect() as second:
        second.sendall(b"second\n")
        assert receive(second, 7) == b"second\n"
        first.sendall(b"first\n")
        assert receive(first, 6) == b"first\n"


@pytest.mark.parametrize("name", CONCURRENT)
def test_a_client_that_does_not_read_blocks_nobody(start: Start, name: str) -> None:
    program = start(name)
    with program.connect() as full, program.connect() as second:
        full.settimeout(0.3)
        with pytest.raises(TimeoutError):
            full.sendall(bytes(64 * 1024 * 1024))
        second.sendall(b"second\n")
        assert receive(second, 7) == b"second\n"


def test_the_echo_client_reads_until_it_has_everything(start: Start) -> None:
    output = run("04_echo_client", start("03_echo_forever").place.port)
    assert output.startswith("sent 200000 bytes, received 200000 in ")


def test_a_line_may_arrive_in_any_packets(start: Start) -> None:
    with start("05_lines").connect() as client:
        for packet in (b"on", b"e\ntw", b"o\r\nthr\xc3", b"\xa9e\n"):
            client.sendall(packet)
        expected = (
            b"3 characters, backwards: eno\n3 characters, backwards: owt\n5 characters, backwards: e\xc3\xa9rht\n"
        )
        assert receive(client, len(expected)) == expected


def test_a_line_that_never_ends_is_refused(start: Start) -> None:
    with start("05_lines").connect() as client, pytest.raises(ConnectionError):
        client.sendall(bytes(64 * 1024 * 1024))


def test_messages_with_lengths() -> None:
    assert run("06_lengths").count("bytes came back") == 3


def test_udp_loses_what_nobody_reads(start: Start) -> None:
    words = run("08_udp_client", start("07_udp_echo").place.port).replace(",", "").split()
    sent, returned, lost = numbers(words)
    assert sent == 2000
    assert returned + lost == sent
    assert returned > 0


def numbers(words: Sequence[str]) -> Sequence[int]:
    return [int(word) for word in words if word.isdecimal()][:3]


def test_the_udp_client_names_the_server_that_is_missing() -> None:
    command = [sys.executable, str(LESSONS / "08_udp_client.py"), "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (1, "Nobody listens on port 1. Start 07_udp_echo.py first.\n")


def test_a_unix_socket(start: Start) -> None:
    path = start("09_unix_socket").place.path
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"


def test_the_slow_client_blocks_one_server() -> None:
    lines = run("16_slow_client").splitlines()
    assert [line.split()[0] for line in lines if "waits" in line] == ["03_echo_forever"]
    assert len(lines) == len(ECHOES)


def test_the_sweep_finds_a_port(start: Start) -> None:
    port = start("10_threads").place.port
    assert f"\n{port}: " in run("17_port_sweep", port)


def test_the_line_client_sends_crlf(start: Start) -> None:
    command = [sys.executable, str(LESSONS / "18_line_client.py"), start("03_echo_forever").place.port]
    done = subprocess.run(command, input=b"one\ntwo\n", capture_output=True, timeout=PATIENCE, check=False)
    assert done.stdout == b"one\r\ntwo\r\n"


def test_a_chat_between_two(start: Start) -> None:
    program = start("19_chat")
    with program.connect() as first, program.connect() as second:
        assert receive_until(first, b"\n") == b"guest 2 is here\r\n"
        first.sendall(b"hel")
        first.sendall(b"lo\r\nand\n")
        assert receive_until(second, b"and\r\n") == b"guest 1: hello\r\nguest 1: and\r\n"
        reset(first)
        assert receive_until(second, b"\n") == b"guest 1 left\r\n"


def test_a_chat_drops_who_does_not_listen(start: Start) -> None:
    program = start("19_chat")
    with program.connect() as deaf, program.connect() as loud, program.connect() as third:
        receive_until(deaf, b"guest 3 is here\r\n")
        for _ in range(40):  # more than the buffers of the system take for the first client
            message = b"x" * 60_000 + b"\n"
            for _ in range(10):
                loud.sendall(message)
            received = receive(third, 10 * len(b"guest 2: " + message + b"\r"))
            if b"guest 1 left" in received:
                break
        assert b"guest 1 left" in received


def test_the_chat_page_sends_events(start: Start) -> None:
    program = start("20_chat_page")
    with program.connect() as page:
        page.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        receive_until(page, b"\r\n\r\n")
        client = HTTPConnection("127.0.0.1", program.port, timeout=PATIENCE)
        client.request("POST", "/say", body="<b>hello</b>\ndata: x")
        assert client.getresponse().status == 204
        assert receive_until(page, b"\n\n") == b"data: <b>hello</b> data: x\n\n"


@pytest.mark.parametrize(
    "body",
    ["Content-Length: 4\r\n\r\nbody", "\r\nbody", "Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"],
)
def test_fetch_reads_by_length_in_chunks_and_to_the_end(body: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                receive_until(client, b"\r\n\r\n")
                for octet in f"HTTP/1.1 200 OK\r\n{body}".encode():
                    client.send(bytes([octet]))

        Thread(target=answer, daemon=True).start()
        output = run("21_fetch", str(listener.getsockname()[1]))
    assert output.endswith("HTTP/1.1 status 200, a body of 4 bytes:\nbody\n")


def test_fetch_reports_a_body_that_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                receive_until(client, b"\r\n\r\n")
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody")

        Thread(target=answer, daemon=True).start()
        command = [sys.executable, str(LESSONS / "21_fetch.py"), str(listener.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (1, "The response is cut: 4 of 9 bytes came.\n")


def ask(program: Program, method: str, path: str, **fields: str) -> tuple[int, bytes]:
    client = HTTPConnection("127.0.0.1", program.port, timeout=PATIENCE)
    client.request(method, path, headers=fields)
    response = client.getresponse()
    body = response.read()
    client.close()
    return response.status, body


@pytest.mark.parametrize("name", BY_HAND)
def test_a_page_by_hand(start: Start, name: str) -> None:
    program = start(name)
    assert ask(program, "GET", "/test?x=1")[0] == 200
    status, body = ask(program, "GET", "/<b>")
    assert (status, b"/&lt;b&gt; was not found" in body) == (404, True)


def test_the_time_server_answers_what_it_does_not_understand(start: Start) -> None:
    with start("22_time_server").connect() as client:
        client.sendall(b"\xff\xfe\r\n\r\n")
        assert receive_until(client, b"failed").startswith(b"HTTP/1.1 500 ")


def test_keep_alive_answers_requests_that_arrive_together(start: Start) -> None:
    with start("31_keep_alive").connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /test HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n")
        assert receive_until(client, b"never").count(b"HTTP/1.1 200 OK") == 2


def test_the_inspector(start: Start) -> None:
    status, body = ask(start("34_inspector"), "GET", "/a?b=c&b=", **{"X-Name": "value"})
    assert status == 200
    assert b"query: b = c\nquery: b = \n" in body
    assert b"field: X-Name: value" in body


def test_a_silent_client_blocks_no_thread_of_the_library(start: Start) -> None:
    program = start("35_threading_server")
    with program.connect():
        assert ask(program, "GET", "/")[0] == 200


def test_each_connection_has_its_process(start: Start) -> None:
    program = start("36_forking_server")
    assert ask(program, "GET", "/")[1] != ask(program, "GET", "/")[1]


def test_a_form_with_a_file(start: Start) -> None:
    program = start("37_form_upload")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n<b>\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' + PICTURE + b"\r\n--x--\r\n"
    )
    client = HTTPConnection("127.0.0.1", program.port, timeout=PATIENCE)
    client.request("POST", "/", body, {"Content-Type": "multipart/form-data; boundary=x"})
    page = client.getresponse().read().decode()
    client.close()
    assert "<p>text: &lt;b&gt;</p>" in page
    assert f"file a.bin, {len(PICTURE)} bytes" in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"Content-Length": "99999999"}, 413), ({"Content-Length": "0"}, 415), ({"Content-Length": "-1"}, 411)],
    ids=("too large", "no form", "no length"),
)
def test_a_form_that_is_refused(start: Start, fields: dict[str, str], status: int) -> None:
    assert ask(start("37_form_upload"), "POST", "/", **fields)[0] == status


def test_errors_have_a_page_without_details(start: Start) -> None:
    program = start("38_send_error")
    assert ask(program, "GET", "/missing")[0] == 404
    status, body = ask(program, "GET", "/broken")
    assert (status, b"ZeroDivisionError" in body) == (500, False)


@pytest.mark.parametrize(
    ("date", "status"),
    [("Fri, 01 Jan 2100 00:00:00 GMT", 304), ("Mon, 01 Jan 2001 00:00:00 GMT", 200), ("nonsense", 200)],
)
def test_a_copy_that_is_still_right(start: Start, date: str, status: int) -> None:
    assert ask(start("39_last_modified"), "GET", "/", **{"If-Modified-Since": date})[0] == status


def test_a_folder_of_files(start: Start) -> None:
    program = start("40_static_files")
    assert ask(program, "GET", "/40_static_files.py")[1] == (LESSONS / "40_static_files.py").read_bytes()
    assert ask(program, "GET", "/../pyproject.toml")[0] == 404


def test_tls_needs_a_certificate_that_the_client_trusts(start: Start) -> None:
    program = start("41_tls")
    context = ssl._create_unverified_context()
    client = HTTPSConnection("127.0.0.1", program.port, timeout=PATIENCE, context=context)
    client.request("GET", "/41_tls.py")
    assert client.getresponse().status == 200
    client.close()
    with pytest.raises(ssl.SSLCertVerificationError):
        HTTPSConnection("127.0.0.1", program.port, timeout=PATIENCE).request("GET", "/")


def test_tls_without_openssl() -> None:
    command = [sys.executable, str(LESSONS / "41_tls.py"), "0"]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The openssl command could not make a certificate")


def test_http_in_coroutines(start: Start) -> None:
    program = start("42_asyncio_http")
    with program.connect(), program.connect() as client:
        client.sendall(b"GET /ti")
        client.sendall(b"me HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.0\r\n\r\n")
        received = receive_until(client, b"never")
    assert received.startswith(b"HTTP/1.1 200 OK")
    assert b"HTTP/1.1 404 Not Found" in received


def test_an_application_of_five_lines(start: Start) -> None:
    program = start("43_wsgi")
    assert ask(program, "GET", "/")[0] == 200
    assert ask(program, "GET", "/x")[0] == 404
