// The start of an HTTP server. It listens on the port in its first argument, or on $PORT, and sends no response yet.

use std::env;
use std::net::TcpListener;

fn port() -> String {
    env::args().nth(1).or_else(|| env::var("PORT").ok()).unwrap_or_else(|| "8080".to_string())
}

fn main() {
    let address = format!("127.0.0.1:{}", port());
    let listener = TcpListener::bind(&address).expect("the port is in use");
    println!("http://{address}");
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        // Stage 1 starts here: receive the request, and send a response.
        drop(stream);
    }
}
