// A goroutine for each client; an index out of range in any of them ends the program.
// The deferred Close comes first: the client sees the end of the connection while the program still serves others.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
)

func serve(client net.Conn) {
	defer client.Close()
	reader := bufio.NewReader(client)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		path := strings.Split(line, " ")[1]
		for field := "x"; strings.TrimSpace(field) != ""; {
			if field, err = reader.ReadString('\n'); err != nil {
				return
			}
		}
		status, page := "404 Not Found", "<h1>Not found</h1>"
		if path == "/" || path == "/test" {
			status, page = "200 OK", "<h1>Hello</h1>"
		}
		head := "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s"
		fmt.Fprintf(client, head, status, len(page), page)
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		panic(err)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go serve(client)
	}
}
