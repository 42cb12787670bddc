/* The limit that the machine sets: two processes and a Unix socket, requests of 28 bytes and
 * replies of 16 + SIZE, DEPTH of them under way. Prints replies a second.
 *
 *   echo SIZE DEPTH SECONDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 28, REPLY_HEADER = 16 };

static void read_fully(int fd, char *buffer, size_t size)
{
    while (size > 0) {
        ssize_t got = read(fd, buffer, size);
        if (got <= 0)
            exit(got < 0);
        buffer += got;
        size -= (size_t) got;
    }
}

static void write_fully(int fd, const char *buffer, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, buffer, size);
        if (put < 0)
            exit(1);
        buffer += put;
        size -= (size_t) put;
    }
}

static void serve(int fd, size_t size)
{
    char requests[REQUEST * 64];
    size_t reply = REPLY_HEADER + size;
    char *replies = calloc(64, reply);
    size_t held = 0;

    for (;;) {
        ssize_t got = read(fd, requests + held, sizeof requests - held);
        if (got <= 0)
            exit(0);
        held += (size_t) got;
        size_t count = held / REQUEST;
        write_fully(fd, replies, count * reply);
        held -= count * REQUEST;
        memmove(requests, requests + count * REQUEST, held);
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: echo SIZE DEPTH SECONDS\n");
        return 2;
    }
    size_t size = strtoul(argv[1], NULL, 10);
    int depth = atoi(argv[2]);
    double seconds = atof(argv[3]);
    int fds[2];
    if (depth < 1 || depth > 64 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) {
        fprintf(stderr, "echo: DEPTH must be from 1 to 64\n");
        return 1;
    }
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        serve(fds[1], size);
    }
    close(fds[1]);
    char request[REQUEST] = {0};
    char *reply = malloc(REPLY_HEADER + size);
    for (int i = 0; i < depth; i++)
        write_fully(fds[0], request, sizeof request);
    double start = now(), end = start + seconds, at = start;
    long replies = 0;
    while ((replies & 15) != 0 || (at = now()) < end) {
        read_fully(fds[0], reply, REPLY_HEADER + size);
        write_fully(fds[0], request, sizeof request);
        replies++;
    }
    printf("%.0f\n", (double) replies / (at - start));
    close(fds[0]);
    waitpid(child, NULL, 0);
    return 0;
}
