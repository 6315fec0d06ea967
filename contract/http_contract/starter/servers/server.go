// The start of an HTTP server. It listens on the port in its first argument, or on $PORT, and sends no response yet.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func port() string {
	if len(os.Args) > 1 {
		return os.Args[1]
	}
	if port := os.Getenv("PORT"); port != "" {
		return port
	}
	return "8080"
}

func main() {
	address := "127.0.0.1:" + port()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("http://" + address)
	for {
		conn, err := listener.Accept()
		if err != nil {
			continue
		}
		// Stage 1 starts here: receive the request, and send a response.
		conn.Close()
	}
}
