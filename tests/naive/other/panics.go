// An index out of range ends the program. Clients come one after the other, or each in a goroutine with a second
// argument: then the deferred Close ends a connection while the program still serves others.
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
	line, _ := reader.ReadString('\n')
	path := strings.Split(line, " ")[1]
	for field := "x"; strings.TrimSpace(field) != ""; {
		field, _ = reader.ReadString('\n')
	}
	status, page := "404 Not Found", "<h1>Not found</h1>"
	if path == "/" || path == "/test" {
		status, page = "200 OK", "<h1>Hello</h1>"
	}
	fmt.Fprintf(client, "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", status, len(page), page)
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
		if len(os.Args) > 2 {
			go serve(client)
		} else {
			serve(client)
		}
	}
}
