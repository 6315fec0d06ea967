// A process for each client, with streams. The second argument is its fault:
//   null    an unknown path is looked up as NULL, of which the process dies by SIGSEGV; nobody waits for it
//   buffer  the 404 stays in the buffer until the client closes its side
//   end     no processes; an error of reading ends the loop, as if it were the end
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *fault;

static const char *page(const char *path) {
    if (strcmp(path, "/") == 0) return "<h1>Hello</h1>";
    if (strcmp(path, "/test") == 0) return "<h1>Test</h1>";
    return strcmp(fault, "null") == 0 ? NULL : "<h1>Not found</h1>";
}

static int serve(int client) {
    FILE *in = fdopen(client, "r"), *out = fdopen(dup(client), "w");
    char line[9000], field[9000] = "x", method[9000], path[9000], date[64];
    if (!fgets(line, sizeof line, in)) {
        int failed = ferror(in);
        fclose(in), fclose(out);
        return failed;
    }
    while (strcmp(field, "\r\n") && strcmp(field, "\n") && fgets(field, sizeof field, in)) { }
    int failed = ferror(in);
    if (!failed && sscanf(line, "%8999s %8999s", method, path) == 2) {
        path[strcspn(path, "?")] = 0;
        int known = strcmp(path, "/") == 0 || strcmp(path, "/test") == 0;
        const char *body = page(path);
        time_t now = time(NULL);
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
        fprintf(out, "HTTP/1.1 %s\r\nDate: %s\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
                "Content-Length: %zu\r\n\r\n", known ? "200 OK" : "404 Not Found", date, strlen(body));
        if (strcmp(method, "HEAD")) fputs(body, out);
        if (known || strcmp(fault, "buffer")) fflush(out), shutdown(client, SHUT_WR);
        while (fgets(line, sizeof line, in)) { }
    }
    fclose(in), fclose(out);
    return failed;
}

int main(int count, char **arguments) {
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    fault = arguments[2];
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address)) return perror("bind"), 1;
    listen(listener, 64);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (strcmp(fault, "end") == 0) {
            if (serve(client)) return 0;
            continue;
        }
        if (fork() == 0) return serve(client), 0;
        close(client);
    }
}
