"""What programs say at their end, as they really say it."""

import pytest

from http_contract.diagnosis.tracebacks import last_error, telling_lines

PYTHON = """\
listening
Traceback (most recent call last):
  File "/home/ada/server.py", line 30, in <module>
    main()
    ~~~~^^
  File "/home/ada/server.py", line 24, in main
    request = client.recv(1024).decode()
  File "/usr/lib/python3.11/codecs.py", line 322, in decode
    (result, consumed) = self._buffer_decode(data, self.errors, final)
  File "<frozen codecs>", line 322, in decode
UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte
"""
SYNTAX = """\
  File "/home/ada/server.py", line 3
    print("hello"
         ^
SyntaxError: '(' was never closed
"""
THREAD = """\
Exception in thread Thread-1 (serve):
Traceback (most recent call last):
  File "/usr/lib/python3.11/threading.py", line 1045, in _bootstrap_inner
    self.run()
  File "server.py", line 7, in serve
    raise Trouble
__main__.Trouble
"""
LIBRARY = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/runpy.py", line 1, in _run
KeyboardInterrupt
"""
CHAINED = f"{PYTHON}\nDuring handling of the above exception, another exception occurred:\n\n{THREAD}"
IN_PAGE = f"<h1>Error</h1><pre>{THREAD.rstrip()}</pre>"
NODE = """\
/home/ada/server.js:2
function path(line) { return line.split(' ')[1].split('?'); }
                                               ^

TypeError: Cannot read properties of undefined (reading 'split')
    at path (/home/ada/server.js:2:48)
    at Socket.<anonymous> (/home/ada/server.js:3:45)
    at Socket.emit (node:events:524:28)

Node.js v20.20.2
"""
NODE_EVENT = """\
node:events:502
      throw er; // Unhandled 'error' event
      ^

Error: read ECONNRESET
    at TCP.onStreamRead (node:internal/stream_base_commons:218:20)
Emitted 'error' event on Socket instance at:
    at emitErrorNT (node:internal/streams/destroy:169:8) {
  errno: -104,
"""
NODE_MODULE = """\
TypeError: Cannot read properties of null (reading 'x')
    at file:///home/ada/server.mjs:2:7
    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)"""
GO = """\
panic: runtime error: index out of range [1] with length 1

goroutine 1 [running]:
strings.explode(...)
	/usr/local/go/src/strings/strings.go:34
main.path(...)
	/home/ada/main.go:25
main.main()
	/home/ada/main.go:15 +0x1d4
exit status 2
"""
GO_FATAL = """\
2026/11/29 12:54:11 Error reading: EOF
exit status 1
"""
GO_FATAL_PLACE = """\
main.go:6: Error listening: listen tcp: address 99999: invalid port
"""
GO_PANIC = """\
2026/11/29 13:14:07 listen tcp: address 99999: invalid port
panic: listen tcp: address 99999: invalid port

goroutine 1 [running]:
log.Panic({0xc00004ff40?, 0x4f242a?, 0xc000018290?})
	/usr/lib/go-1.19/src/log/log.go:388 +0x65
main.main()
	/home/ada/main.go:6 +0xd7
"""
JAVA = """\
Exception in thread "main" java.net.BindException: Address already in use
	at java.base/sun.nio.ch.Net.bind(Net.java:555)
	at java.base/java.net.ServerSocket.<init>(ServerSocket.java:167)
	at Server.main(Server.java:12)
"""
JAVA_PROMPT = """\
Enter port: Exception in thread "main" java.util.NoSuchElementException
	at java.base/java.util.Scanner.throwFor(Scanner.java:937)
	at java.base/java.util.Scanner.nextInt(Scanner.java:2212)
	at Server.main(Server.java:10)
"""
JAVA_NESTED = """\
Exception in thread "Thread-0" Server$BadRequest: no Host
	at Server.lambda$main$0(Server.java:3)
	at java.base/java.lang.Thread.run(Thread.java:840)
"""
RUBY = """\
server.rb:5:in 'Object#path': undefined method 'split' for nil (NoMethodError)

    line.split(" ")[1].split("?")
                      ^^^^^^
	from server.rb:11:in 'block in <main>'
	from server.rb:9:in 'Kernel#loop'
"""
RUBY_THREAD = """\
#<Thread:0x00007f2c5b0e1f48 server.rb:9 run> terminated with exception (report_on_exception is true):
/usr/lib/ruby/3.1.0/socket.rb:452:in `__read_nonblock': Connection reset by peer (Errno::ECONNRESET)
	from /usr/lib/ruby/3.1.0/socket.rb:452:in `read_nonblock'
	from server.rb:10:in `block (2 levels) in <main>'
"""
PERL = """\
listening
Can't call method "print" on an undefined value at server.pl line 12, <GEN1> line 3.
"""
RUST = """\

thread 'main' (4242) panicked at src/main.rs:12:9:
index out of bounds: the len is 1 but the index is 1
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""
RUST_BACKTRACE = """\
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
   2: core::result::unwrap_failed
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/result.rs:1867:5
   3: server::handle
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""
RUST_POISON = """\

thread '<unnamed>' (7809) panicked at server.rs:25:43:
called `Result::unwrap()` on an `Err` value: FromUtf8Error { bytes: [255], error: Utf8Error { valid_up_to: 0, \
error_len: Some(1) } }
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

thread '<unnamed>' (7811) panicked at server.rs:23:34:
called `Result::unwrap()` on an `Err` value: PoisonError { .. }

thread '<unnamed>' (7812) panicked at server.rs:23:34:
called `Result::unwrap()` on an `Err` value: PoisonError { .. }
"""
RUST_LATER = """\

thread '<unnamed>' (7813) panicked at server.rs:17:45:
called `Result::unwrap()` on an `Err` value: Os { code: 104, kind: ConnectionReset, \
message: "Connection reset by peer" }

thread '<unnamed>' (7814) panicked at server.rs:23:34:
called `Result::unwrap()` on an `Err` value: PoisonError { .. }
"""
RUST_POOL = """\
Worker 2 got a job; executing.

thread '<unnamed>' (7862) panicked at server.rs:50:59:
called `Result::unwrap()` on an `Err` value: Error { kind: InvalidData, message: "stream did not contain valid UTF-8" }
Worker 3 got a job; executing.

thread '<unnamed>' (7863) panicked at server.rs:50:50:
called `Option::unwrap()` on a `None` value

thread 'main' (7859) panicked at server.rs:32:39:
called `Result::unwrap()` on an `Err` value: SendError { .. }
"""
RUST_CONSEQUENCES = {
    "send": "called `Result::unwrap()` on an `Err` value: SendError { .. }",
    "receive": "the worker answers: RecvError",
    "join": "called `Result::unwrap()` on an `Err` value: Any { .. }",
    "scope": "a scoped thread panicked",
}
CPP = """\
Waiting for a client to connect...
terminate called after throwing an instance of 'std::out_of_range'
  what():  basic_string::substr: __pos (which is 3) > this->size() (which is 0)
"""
CPP_PROMPT = """\
Enter port: terminate called after throwing an instance of 'std::invalid_argument'
  what():  stoi
"""
CPP_NUMBER = """\
terminate called after throwing an instance of 'int'
"""
CPP_THREAD = """\
terminate called without an active exception
"""
CPP_EMPTY = """\
terminate called after throwing an instance of 'BadRequest'
  what():  \n\
"""
CPP_THREADS = """\
terminate called recursively
terminate called after throwing an instance of 'terminate called recursively
std::out_of_range'
terminate called recursively
  what():  basic_string::substr: __pos (which is 3) > this->size() (which is 0)
terminate called recursively
"""
CPP_CUT = """\
terminate called after throwing an instance of 'terminate called recursively
"""
CPP_CLANG = """\
libc++abi: terminating due to uncaught exception of type std::out_of_range: vector
"""


@pytest.mark.parametrize(
    ("output", "told"),
    [
        pytest.param(
            PYTHON,
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte "
            "(server.py, line 24)",
            id="python",
        ),
        pytest.param(PYTHON[100:], str(last_error(PYTHON)), id="python-cut"),
        pytest.param(SYNTAX, "SyntaxError: '(' was never closed (server.py, line 3)", id="python-syntax"),
        pytest.param(THREAD, "__main__.Trouble (server.py, line 7)", id="python-thread"),
        pytest.param(LIBRARY, "KeyboardInterrupt", id="python-library"),
        pytest.param(CHAINED, str(last_error(THREAD)), id="python-chained"),
        pytest.param(IN_PAGE, str(last_error(THREAD)), id="python-in-page"),
        pytest.param(
            NODE, "TypeError: Cannot read properties of undefined (reading 'split') (server.js, line 2)", id="node"
        ),
        pytest.param(NODE_EVENT, "Error: read ECONNRESET", id="node-event"),
        pytest.param(
            NODE_MODULE,
            "TypeError: Cannot read properties of null (reading 'x') (server.mjs, line 2)",
            id="node-module",
        ),
        pytest.param(GO, "panic: runtime error: index out of range [1] with length 1 (main.go, line 25)", id="go"),
        pytest.param(GO_PANIC, "panic: listen tcp: address 99999: invalid port (main.go, line 6)", id="go-log-panic"),
        pytest.param(JAVA, "java.net.BindException: Address already in use (Server.java, line 12)", id="java"),
        pytest.param(JAVA_PROMPT, "java.util.NoSuchElementException (Server.java, line 10)", id="java-prompt"),
        pytest.param(JAVA_NESTED, "Server$BadRequest: no Host (Server.java, line 3)", id="java-nested"),
        pytest.param(RUBY, "undefined method 'split' for nil (NoMethodError) (server.rb, line 5)", id="ruby"),
        pytest.param(
            RUBY_THREAD, "Connection reset by peer (Errno::ECONNRESET) (server.rb, line 10)", id="ruby-thread"
        ),
        pytest.param(RUST, "index out of bounds: the len is 1 but the index is 1 (main.rs, line 12)", id="rust"),
        pytest.param(
            RUST_POISON,
            "called `Result::unwrap()` on an `Err` value: FromUtf8Error { bytes: [255], error: Utf8Error "
            "{ valid_up_to: 0, error_len: Some(1) } } (server.rs, line 25)",
            id="rust-poison",
        ),
        pytest.param(RUST_POISON + RUST_LATER, str(last_error(RUST_POISON)), id="rust-first-poison"),
        pytest.param(
            RUST_POISON[RUST_POISON.index("note:") :],
            "called `Result::unwrap()` on an `Err` value: PoisonError { .. } (server.rs, line 23)",
            id="rust-poison-cut",
        ),
        pytest.param(RUST_POISON + RUST, str(last_error(RUST)), id="rust-poison-and-another"),
        pytest.param(RUST_POOL, "called `Option::unwrap()` on a `None` value (server.rs, line 50)", id="rust-pool"),
        pytest.param(
            CPP,
            "std::out_of_range: basic_string::substr: __pos (which is 3) > this->size() (which is 0)",
            id="cpp",
        ),
        pytest.param(CPP_PROMPT, "std::invalid_argument: stoi", id="cpp-prompt"),
        pytest.param(CPP_NUMBER, CPP_NUMBER.rstrip(), id="cpp-number"),
        pytest.param(CPP_THREAD, CPP_THREAD.rstrip(), id="cpp-thread"),
        pytest.param(CPP_EMPTY, "BadRequest", id="cpp-empty"),
        pytest.param(CPP_THREADS, str(last_error(CPP)), id="cpp-threads"),
        pytest.param(CPP_CLANG, "std::out_of_range: vector", id="cpp-clang"),
        pytest.param(PYTHON + NODE, str(last_error(NODE)), id="last-of-two"),
    ],
)
def test_the_last_error_and_its_place(output: str, told: str) -> None:
    assert str(last_error(output)) == told


@pytest.mark.parametrize("message", RUST_CONSEQUENCES.values(), ids=RUST_CONSEQUENCES)
def test_the_error_of_a_thread_causes_that_of_another(message: str) -> None:
    assert last_error(f"{RUST}\nthread 'main' (4149) panicked at src/main.rs:6:14:\n{message}\n") == last_error(RUST)


@pytest.mark.parametrize(
    "output",
    [
        "",
        "listening on 8000\n",
        "GET / 200\n  indented\nError in nothing\n",
        "Error: no frames follow\n",
        pytest.param(CPP_CUT, id="cpp-cut"),
        pytest.param(GO_FATAL, id="go-fatal"),
        pytest.param(GO_FATAL_PLACE, id="go-fatal-place"),
    ],
)
def test_no_error(output: str) -> None:
    assert last_error(output) is None


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        pytest.param(PYTHON, PYTHON.splitlines()[-3:], id="python"),
        pytest.param(PYTHON + LIBRARY, LIBRARY.splitlines(), id="python-short"),
        pytest.param(THREAD + "GET / 200\n", THREAD.splitlines()[-3:], id="python-goes-on"),
        pytest.param(NODE, NODE.splitlines()[4:7], id="node"),
        pytest.param(NODE_EVENT, NODE_EVENT.splitlines()[4:7], id="node-event"),
        pytest.param(GO, [GO.splitlines()[0], *GO.splitlines()[2:4]], id="go"),
        pytest.param(JAVA, JAVA.splitlines()[:3], id="java"),
        pytest.param(RUBY, [RUBY.splitlines()[0], *RUBY.splitlines()[2:4]], id="ruby"),
        pytest.param(PERL, PERL.splitlines(), id="perl"),
        pytest.param(RUST, RUST.splitlines()[1:3], id="rust"),
        pytest.param(RUST_LATER + RUST_BACKTRACE + RUST, RUST.splitlines()[1:3], id="rust-backtraces"),
        pytest.param(RUST_POISON + RUST_BACKTRACE, RUST_POISON.splitlines()[1:3], id="rust-poison"),
        pytest.param(JAVA_PROMPT, [JAVA_PROMPT.splitlines()[0][12:], *JAVA_PROMPT.splitlines()[1:3]], id="java-prompt"),
        pytest.param(CPP, CPP.splitlines()[-2:], id="cpp"),
        pytest.param(GO_FATAL, GO_FATAL.splitlines(), id="go-fatal"),
        pytest.param("one\n\ntwo\nthree\nfour\n\n", ["two", "three", "four"], id="no-error"),
        pytest.param("\n", [], id="nothing"),
    ],
)
def test_the_lines_that_tell_most(output: str, lines: list[str]) -> None:
    assert telling_lines(output, 3) == lines
