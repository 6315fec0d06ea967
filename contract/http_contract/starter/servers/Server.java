// The start of an HTTP server. It listens on the port in its first argument, or on $PORT, and sends no response yet.

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

public class Server {
    static final String HOST = "127.0.0.1";

    static int port(String[] arguments) {
        String fallback = System.getenv().getOrDefault("PORT", "8080");
        return Integer.parseInt(arguments.length > 0 ? arguments[0] : fallback);
    }

    public static void main(String[] arguments) throws IOException {
        int port = port(arguments);
        try (ServerSocket listener = new ServerSocket(port, 50, InetAddress.getByName(HOST))) {
            System.out.println("http://" + HOST + ":" + port);
            while (true) {
                try (Socket client = listener.accept()) {
                    // Stage 1 starts here: receive the request, and send a response.
                }
            }
        }
    }
}
