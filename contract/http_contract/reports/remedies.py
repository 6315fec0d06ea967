"""What to do about a cause in the language of the program: a table of causes and languages.

A remedy follows the advice on the cause, which is the same for every language. A language without a remedy gets that
advice alone, so that no learner reads the names of another language.
"""

from collections.abc import Mapping

NAMES = {
    "python": "Python",
    "javascript": "JavaScript",
    "go": "Go",
    "rust": "Rust",
    "java": "Java",
    "c": "C",
    "cpp": "C++",
    "ruby": "Ruby",
    "perl": "Perl",
    "shell": "a shell",
}
Remedies = Mapping[str, str]

POSIX_EMPTY = "`recv` returns 0 there, and a negative number after an error: close the socket in both cases."
READ_ALL: Remedies = {
    "python": '`while b"\\r\\n\\r\\n" not in data: data += client.recv(4096)`, and stop where recv() returns b"".',
    "javascript": "in `socket.on('data', chunk => ...)`, append each chunk, and answer once the buffer includes "
    "'\\r\\n\\r\\n'; each chunk is not a request.",
    "go": "read lines with `bufio.NewReader(conn).ReadString('\\n')` until one is empty.",
    "rust": "read lines with `BufReader::new(&stream).read_until(b'\\n', &mut line)` until one is empty.",
    "java": "read from the InputStream in a loop until the last four bytes are \\r\\n\\r\\n; one `read` is not enough.",
    "c": "call `recv` in a loop, append to a buffer, and end it with '\\0'; stop where `strstr(buffer, "
    '"\\r\\n\\r\\n")` '
    "finds the empty line, or the buffer is full.",
    "cpp": 'call `recv` in a loop, and append to a std::string until `request.find("\\r\\n\\r\\n")` finds the empty '
    "line.",
    "ruby": '`while (line = client.gets) && line != "\\r\\n"` reads the head line by line.',
    "perl": 'read lines with `<$client>` until one is "\\r\\n".',
    "shell": "read lines with `while IFS= read -r line` until one is only a CR.",
}
CATCH: Remedies = {
    "python": "put `try: ... except Exception: ...` around the code for one client.",
    "javascript": "put `try { ... } catch (error) { ... }` into each handler, and end the response there; errors of a "
    "socket arrive in its event 'error'.",
    "go": "check each `err`, close that connection and return, instead of `log.Fatal` or `panic`.",
    "rust": "return a Result from the function for one client, and match it in the loop, instead of `unwrap()`.",
    "java": "put `try { ... } catch (IOException | RuntimeException error) { ... }` around the code for one client, "
    "and close its socket there, too.",
    "c": "check what each call returns, each pointer for NULL, and each length before you copy into an array; "
    "`-g -fsanitize=address` prints the line that fails.",
    "cpp": "put `try { ... } catch (const std::exception &) { ... }` into the function that serves one client.",
    "ruby": "put `begin ... rescue StandardError ... end` around the code for one client.",
    "perl": "put `eval { ... };` around the code for one client.",
}
AFTER_ERROR = "`recv` returns 0 at the end, and -1 after an error: close that socket in both cases, and `continue`."
FIND_FAULT = "compile with `-g -fsanitize=address`: then the process prints the line at which it fails."
SHORT_LINE: Remedies = {
    "python": "`words = line.split()`, then `if len(words) != 3:` answer 400.",
    "javascript": "`const words = line.split(' ')`, then `if (words.length !== 3)` answer 400.",
    "go": "`words := strings.Fields(line)`, then `if len(words) != 3` answer 400.",
    "rust": "`let words: Vec<_> = line.split_whitespace().collect();`, then `if words.len() != 3` answer 400.",
    "java": '`String[] words = line.split(" ");`, then `if (words.length != 3)` answer 400; `readLine` can also return '
    "null.",
    "c": "`strtok` returns NULL where a word is missing: check each result, and answer 400.",
    "cpp": "`if (!(stream >> method >> target >> version))` answer 400.",
    "ruby": "`words = line.to_s.split`, then `if words.size != 3` answer 400.",
    "perl": "`my @words = split ' ', $line;`, then `if (@words != 3)` answer 400.",
}
REMEDIES: Mapping[str, Remedies] = {
    "single-recv": READ_ALL,
    "blocks-on-idle": {
        "python": "`threading.Thread(target=serve, args=(client,), daemon=True).start()` after accept().",
        "javascript": "do not wait in the handler of one socket; each socket has its own events.",
        "go": "`go serve(conn)` after `listener.Accept()`.",
        "rust": "`std::thread::spawn(move || serve(stream));` for each stream.",
        "java": "`new Thread(() -> serve(socket)).start();` after `accept()`.",
        "c": "`pthread_create` a thread, or `fork` a process, for each client after `accept`.",
        "cpp": "`std::thread(serve, client).detach();` after `accept`.",
        "ruby": "`Thread.new(server.accept) { |client| serve(client) }`.",
        "perl": "`fork` a process for each client after `accept`, and set `$SIG{CHLD} = 'IGNORE'`.",
        "shell": "start each client with `socat TCP-LISTEN:$PORT,reuseaddr,fork EXEC:./serve.sh`.",
    },
    "no-reuse-address": {
        "python": "`listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)` before bind(), or "
        "`socket.create_server`, which sets it; with socketserver, `allow_reuse_address = True` in the class.",
        "rust": "`std::net::TcpListener::bind` sets it; with the socket2 crate, call `set_reuse_address(true)`.",
        "java": "`ServerSocket s = new ServerSocket(); s.setReuseAddress(true); s.bind(...)`.",
        "c": "`int on = 1; setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);` before `bind`.",
        "cpp": "`int on = 1; setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);` before `bind`.",
        "ruby": "`TCPServer` sets it; a `Socket` needs `setsockopt(:SOCKET, :REUSEADDR, true)`.",
        "perl": "`IO::Socket::INET->new(ReuseAddr => 1, ...)`.",
        "shell": "`socat TCP-LISTEN:$PORT,reuseaddr,...`.",
    },
    "decodes-as-utf8": {
        "python": '`data.decode("latin-1")` accepts every byte.',
        "javascript": "`buffer.toString('latin1')` accepts every byte.",
        "go": "a string can contain any bytes; compare it without converting it to runes.",
        "rust": "`String::from_utf8_lossy(&data)` instead of `from_utf8(...).unwrap()`, or `BufReader::read_until` "
        "instead "
        "of `read_line` and `lines`.",
        "java": "`new InputStreamReader(in, StandardCharsets.ISO_8859_1)`.",
        "ruby": "`line.force_encoding(Encoding::BINARY)` before you split or match it.",
        "perl": "read the socket without an `:encoding` layer.",
    },
    "dies-of-lost-client": {
        "python": "recv() and sendall() raise OSError: put `try: ... except OSError: ...` around the code for one "
        "client.",
        "javascript": "`socket.on('error', () => socket.destroy())`: without a listener, the event ends the process.",
        "go": "`conn.Read` and `conn.Write` return an `err`: close that connection and return, without `log.Fatal`.",
        "rust": "`read` and `write_all` return an Err: handle it, without `unwrap()`.",
        "java": "catch IOException for each client, inside the loop that calls `accept()`.",
        "c": "`signal(SIGPIPE, SIG_IGN);` at the start, and check what `recv` and `send` return.",
        "cpp": "`signal(SIGPIPE, SIG_IGN);` at the start, and check what `recv` and `send` return.",
        "ruby": "`rescue SystemCallError, IOError` (Errno::EPIPE, Errno::ECONNRESET) for each client.",
        "perl": "`$SIG{PIPE} = 'IGNORE';` at the start.",
        "shell": "`trap '' PIPE` at the start.",
    },
    "ends-by-itself": {
        "python": "`while True: client, address = listener.accept()`; use `continue` and not `break` or `return`.",
        "javascript": "do not call `server.close()` or `process.exit()` after a client.",
        "go": "`for { conn, err := listener.Accept() ... }`; use `continue` and not `return`.",
        "rust": "`for stream in listener.incoming()`; use `continue` and not `break` or `return`.",
        "java": "`while (true) { Socket client = server.accept(); ... }`; use `continue` and not `break`.",
        "c": "`while (1) { int client = accept(fd, NULL, NULL); ... }`; use `continue` and not `break` or `exit`.",
        "cpp": "`while (true) { int client = accept(fd, nullptr, nullptr); ... }`; use `continue` and not `break`.",
        "ruby": "`loop { client = server.accept ... }`; use `next` and not `break`.",
        "perl": "`while (1) { my $client = $server->accept() or next; ... }`.",
        "shell": "`while true; do ...; done` around the program that accepts a client.",
    },
    "dies-of-empty-connection": {
        "python": '`if not data:` close the client and `continue`; recv() returns b"" there.',
        "javascript": "no 'data' event comes, only 'end': answer only if the buffer contains a request.",
        "go": "`conn.Read` returns io.EOF there: close that connection and return.",
        "rust": "`read` returns Ok(0), and `lines().next()` None there: close that stream and continue.",
        "java": "`read` returns -1, and `readLine` null there: close that socket and continue.",
        "c": POSIX_EMPTY,
        "cpp": POSIX_EMPTY,
        "ruby": "`gets` returns nil there: close that client and use `next`.",
        "perl": "`<$client>` returns undef there: close that client and use `next`.",
    },
    "dies-of-short-request-line": SHORT_LINE,
    "dies-of-error": CATCH,
    "child-dies": dict.fromkeys(("c", "cpp"), FIND_FAULT),
    "error-taken-for-end": dict.fromkeys(("c", "cpp"), AFTER_ERROR),
    "waits-for-keyboard": {
        "python": "`thread.join()` or `server.serve_forever()` instead of `input()`.",
        "java": "`thread.join()` instead of a Scanner of System.in.",
    },
    "compares-with-lf": {
        "python": 'compare with `b"\\r\\n"`, or use `line.strip()`.',
        "go": "`strings.TrimSpace(line)` before you compare.",
        "rust": "`line.trim()` before you compare.",
        "c": '`strcmp(line, "\\r\\n")`.',
        "cpp": "`std::getline` leaves the \\r: remove it with `line.pop_back()`.",
        "ruby": "`line.chomp` removes both.",
        "perl": "`$line =~ s/\\r?\\n$//` removes both.",
        "shell": "`line=${line%$'\\r'}` after `read -r line`.",
    },
    "closes-without-response": {
        "python": "`client.sendall(text.encode())`, because it needs bytes; `traceback.print_exc()` prints an error.",
        "javascript": "print the error in each `catch`.",
        "java": "call `error.printStackTrace()` in each `catch`, and `out.flush()` before `socket.close()`.",
        "c": "`fclose(stream)` instead of `close(fd)` flushes a stream; check what `send` returns.",
        "ruby": "print the error in each `rescue`.",
    },
    "http-0.9": {"python": "with http.server, `self.end_headers()` sends the head."},
    "last-line-end": {
        "ruby": "`client.print body`; `puts` adds a line end.",
        "shell": "`printf '%s' \"$body\"`; `echo` adds a line end.",
        "java": "`out.print(body)`; `println` adds a line end.",
        "go": "`fmt.Fprint(conn, body)`; `Fprintln` adds a line end.",
        "rust": "`write!`; `writeln!` adds a line end.",
        "cpp": "leave out `std::endl` after the body.",
    },
    "sends-whole-buffer": dict.fromkeys(("c", "cpp"), "`strlen(response)` instead of `sizeof(response)`."),
    "not-flushed": {
        "python": "`file.flush()` on a file that `makefile()` returned; `sendall` needs none.",
        "go": "`writer.Flush()` on a `bufio.Writer`.",
        "rust": "`writer.flush()` on a `BufWriter`.",
        "java": "`out.flush()` after the last `write`, also after a 404.",
        "c": "`fflush(stream)` after the last `fprintf`, and `fclose(stream)` instead of `close(fd)`.",
        "cpp": "`stream << std::flush` after the response.",
        "perl": "`$client->autoflush(1)` after `accept`.",
    },
    "raises": CATCH,
    "shows-traceback": CATCH,
    "closes-unread": {
        "java": "read the head to its empty line before `socket.close()`.",
        "c": "`shutdown(client, SHUT_WR)`, then `recv` until it returns 0, then `close(client)`.",
        "cpp": "`shutdown(client, SHUT_WR)`, then `recv` until it returns 0, then `close(client)`.",
        **{name: READ_ALL[name] for name in ("python", "javascript", "go", "rust", "ruby", "perl")},
    },
    "never-closes": {
        "python": "`client.close()` after the response, also in the parent after a fork; a `with client:` block does "
        "it also after an error.",
        "javascript": "`socket.end(response)` instead of `socket.write(response)`.",
        "go": "`defer conn.Close()` at the beginning of the function for one client.",
        "rust": "let the function own the stream, which closes when the function returns.",
        "java": "`try (Socket client = server.accept()) { ... }` closes it; flush a writer first with `flush()`.",
        "c": "`close(client);` after the response, also in the child after a `fork`, and in its parent.",
        "cpp": "`close(client);` after the response.",
        "ruby": "`client.close` in an `ensure` block.",
        "perl": "`close $client;` after the response.",
    },
    "bare-lf": {
        "python": 'write `\\r\\n`, and send bytes; `"\\r\\n".join(lines)` needs no line break in the source.',
        "javascript": "write '\\r\\n'; a template string contains the line breaks of the source, which are \\n.",
        "go": 'write "\\r\\n"; a raw string in backquotes contains \\n, and `fmt.Fprintln` writes \\n.',
        "rust": 'write "\\r\\n"; `writeln!` writes \\n.',
        "java": 'write "\\r\\n"; `println` and text blocks write \\n.',
        "c": 'write "\\r\\n" in every string of the head.',
        "cpp": 'write "\\r\\n" instead of `std::endl`.',
        "ruby": '`client.print "...\\r\\n"`; `puts` and heredocs write \\n.',
        "perl": 'write "\\r\\n"; heredocs contain \\n.',
        "shell": "`printf '...\\r\\n'`; `echo` writes \\n.",
    },
    "length-in-characters": {
        "python": '`body = text.encode("utf-8")`, then `len(body)`.',
        "javascript": "`Buffer.byteLength(text)` instead of `text.length`.",
        "go": "`len(text)` counts bytes; `utf8.RuneCountInString` counts characters.",
        "rust": "`text.len()` counts bytes; `text.chars().count()` counts characters.",
        "java": "`byte[] body = text.getBytes(StandardCharsets.UTF_8)`, then `body.length`.",
        "ruby": "`text.bytesize` instead of `text.length`.",
        "perl": "`my $body = Encode::encode('UTF-8', $text)`, then `length $body`.",
        "shell": "`LC_ALL=C; ${#text}`, or `wc -c` and not `wc -m`.",
    },
    "no-date": {
        "python": "`email.utils.formatdate(usegmt=True)`.",
        "javascript": "`new Date().toUTCString()`.",
        "go": "`time.Now().UTC().Format(http.TimeFormat)`.",
        "rust": "the `httpdate` crate: `httpdate::fmt_http_date(SystemTime::now())`.",
        "java": "`DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))`; its day has one "
        "digit "
        "before the tenth, so pad it.",
        "c": '`strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));`',
        "cpp": '`std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&now));`',
        "ruby": "`require 'time'`, then `Time.now.httpdate`.",
        "perl": "`POSIX::strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime)`.",
        "shell": "`LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT'`.",
    },
}


def remedy_for(cause: str, language: str) -> str:
    """Return a sentence about a cause in a language, or nothing."""
    remedy = REMEDIES.get(cause, {}).get(language)
    return f"In {NAMES[language]}: {remedy}" if remedy else ""
