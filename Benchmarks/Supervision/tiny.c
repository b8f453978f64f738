// The child of the supervision benchmark: answers every HTTP request on 127.0.0.1:$PORT with its process id.
//   tiny [boot MS] [stop S]
// boot: time before it listens. stop: time between TERM or INT and its end; without it, it ends at once.
// GET /flood?MB writes so many megabytes of 200-byte lines to stdout, each with a write of its own, and answers when all are written.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static unsigned stop_seconds;

static void on_stop(int signal_number) {
    (void)signal_number;
    if (stop_seconds == 0) _exit(0);
    alarm(stop_seconds);
}

static void on_alarm(int signal_number) {
    (void)signal_number;
    _exit(0);
}

static void flood(long megabytes) {
    char line[200];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (long i = 0; i < megabytes * 1000000 / (long)sizeof line; i++) {
        for (size_t done = 0; done < sizeof line;) {
            ssize_t written = write(1, line + done, sizeof line - done);
            if (written < 0) return;
            done += (size_t)written;
        }
    }
}

static void answer(int client) {
    char request[2048], response[128];
    ssize_t length = recv(client, request, sizeof request - 1, 0);
    if (length <= 0) return;
    request[length] = 0;
    if (strncmp(request, "GET /flood?", 11) == 0) flood(atol(request + 11));
    int written = snprintf(response, sizeof response, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n%d", (int)getpid());
    send(client, response, (size_t)written, MSG_NOSIGNAL);
}

int main(int argc, char **argv) {
    const char *port = getenv("PORT");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "boot") == 0) usleep((useconds_t)atol(argv[i + 1]) * 1000);
        if (strcmp(argv[i], "stop") == 0) stop_seconds = (unsigned)atol(argv[i + 1]);
    }

    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART}, end = {.sa_handler = on_alarm};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGALRM, &end, NULL);

    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port ? port : "0")), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (port == NULL || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0) {
        perror("tiny: the port in PORT can't be listened on");
        return 1;
    }

    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) continue;
        struct timeval limit = {.tv_sec = 1};
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        answer(client);
        close(client);
    }
}
