// A BufferedWriter that is flushed for pages, and never for a 404; its client waits.
import java.io.*;
import java.net.*;
import java.util.*;

public class NoFlush {
    static final List<Socket> OPEN = Collections.synchronizedList(new ArrayList<>());

    public static void main(String[] arguments) throws IOException {
        ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getByName("127.0.0.1"));
        while (true) {
            Socket client = server.accept();
            OPEN.add(client);
            new Thread(() -> serve(client)).start();
        }
    }

    static void serve(Socket client) {
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), "ISO-8859-1"));
            BufferedWriter out = new BufferedWriter(new OutputStreamWriter(client.getOutputStream(), "ISO-8859-1"));
            String line = in.readLine();
            if (line == null) { client.close(); return; }
            while (!in.readLine().isEmpty()) { }
            String path = line.split(" ")[1];
            boolean known = path.equals("/") || path.equals("/test");
            out.write("HTTP/1.1 " + (known ? "200 OK" : "404 Not Found") + "\r\nContent-Type: text/html\r\n");
            out.write("Content-Length: 5\r\n\r\nHello");
            if (known) { out.flush(); client.close(); }
        } catch (Exception error) { error.printStackTrace(); }
    }
}
