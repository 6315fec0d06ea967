// One read; an index out of bounds ends the program.
use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    let port = std::env::args().nth(1).unwrap();
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut buffer = [0; 1024];
        let size = stream.read(&mut buffer).unwrap();
        let request = String::from_utf8_lossy(&buffer[..size]).to_string();
        let words: Vec<&str> = request.split_whitespace().collect();
        let (status, page) = match words[1] {
            "/" | "/test" => ("200 OK", "<h1>Hello</h1>"),
            _ => ("404 Not Found", "<h1>Not found</h1>"),
        };
        let length = page.len();
        let response = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{page}");
        stream.write_all(response.as_bytes()).unwrap();
    }
}
