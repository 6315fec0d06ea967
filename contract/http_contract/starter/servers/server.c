/* The start of an HTTP server. It listens on the port in its first argument, or on $PORT, and sends no response yet. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int port_of(int count, char **arguments)
{
    const char *port = count > 1 ? arguments[1] : getenv("PORT");
    return port ? atoi(port) : 8080;
}

int main(int count, char **arguments)
{
    int port = port_of(count, arguments);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 50)) {
        perror("cannot listen");
        return 1;
    }
    printf("http://127.0.0.1:%d\n", port);
    fflush(stdout);
    while (1) {
        int client = accept(listener, NULL, NULL);
        /* Stage 1 starts here: receive the request, and send a response. */
        close(client);
    }
}
