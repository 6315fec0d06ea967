// A child for each connection, which dies of SIGSEGV if the request line has no second word.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void serve(int client) {
    char request[4096] = {0};
    if (read(client, request, sizeof request - 1) <= 0) exit(0);
    strtok(request, " ");
    char *path = strtok(NULL, " ");
    int known = path[0] == '/' && (path[1] == 0 || strcmp(path, "/test") == 0);
    const char *body = known ? "<h1>Hello</h1>" : "<h1>Not found</h1>";
    dprintf(client, "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %zu\r\n\r\n%s",
            known ? "200 OK" : "404 Not Found", strlen(body), body);
    exit(0);
}

int main(int count, char **arguments) {
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address)) return perror("bind"), 1;
    listen(listener, 16);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (fork() == 0) serve(client);
        close(client);
    }
}
