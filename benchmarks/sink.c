/* What writing costs with next to no server: one thread a connection takes requests one after the
 * other, copies the payload out of the socket and either forgets it or puts it into a file with
 * pwrite. Only as much of the protocol as fio and libnbd need (simple replies, no options but GO).
 *
 *   sink SOCKET SIZE              forgets what is written
 *   sink SOCKET SIZE FILE         writes it to FILE, which is made, filled with zeroes, and unlinked
 */
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_PAYLOAD = 32 << 20, ZEROES = 1 << 20 };
enum { OPT_ABORT = 2, OPT_INFO = 6, OPT_GO = 7 };
enum { REP_ACK = 1, REP_INFO = 3 };
static const uint32_t REP_ERR_UNSUP = 0x80000001;
enum { CMD_READ = 0, CMD_WRITE = 1, CMD_DISC = 2 };
enum { HAS_FLAGS = 1, SEND_FLUSH = 4, SEND_FUA = 8, SEND_TRIM = 32 };

struct __attribute__((packed)) greeting { uint64_t magic, option_magic; uint16_t flags; };
struct __attribute__((packed)) option { uint64_t magic; uint32_t type, length; };
struct __attribute__((packed)) option_reply { uint64_t magic; uint32_t option, type, length; };
struct __attribute__((packed)) export_info { uint16_t type; uint64_t size; uint16_t flags; };
struct __attribute__((packed)) request {
    uint32_t magic;
    uint16_t flags, type;
    uint64_t cookie, offset;
    uint32_t length;
};
struct __attribute__((packed)) reply { uint32_t magic, error; uint64_t cookie; };

static uint64_t size;
static int file = -1;

static int read_fully(int fd, void *to, size_t length)
{
    for (char *at = to; length > 0;) {
        ssize_t got = read(fd, at, length);
        if (got <= 0)
            return 0;
        at += got;
        length -= (size_t) got;
    }
    return 1;
}

static int write_fully(int fd, const void *from, size_t length)
{
    for (const char *at = from; length > 0;) {
        ssize_t put = write(fd, at, length);
        if (put < 0)
            return 0;
        at += put;
        length -= (size_t) put;
    }
    return 1;
}

static int answer_option(int fd, uint32_t option, uint32_t type, uint32_t length)
{
    struct option_reply reply = {htobe64(0x3e889045565a9), htobe32(option), htobe32(type),
                                 htobe32(length)};
    return write_fully(fd, &reply, sizeof reply);
}

/* Whether requests follow. */
static int shake_hands(int fd, char *payload)
{
    struct greeting greeting = {htobe64(0x4e42444d41474943), htobe64(0x49484156454f5054),
                                htobe16(3)};
    struct export_info info = {0, htobe64(size),
                               htobe16(HAS_FLAGS | SEND_FLUSH | SEND_FUA | SEND_TRIM)};
    uint32_t client_flags;
    struct option option;

    if (!write_fully(fd, &greeting, sizeof greeting)
        || !read_fully(fd, &client_flags, sizeof client_flags))
        return 0;
    while (read_fully(fd, &option, sizeof option)) {
        uint32_t type = be32toh(option.type), length = be32toh(option.length);
        if (length > MAX_PAYLOAD || !read_fully(fd, payload, length))
            return 0;
        if (type == OPT_ABORT)
            return 0;
        if (type != OPT_GO && type != OPT_INFO) {
            if (!answer_option(fd, type, REP_ERR_UNSUP, 0))
                return 0;
            continue;
        }
        if (!answer_option(fd, type, REP_INFO, sizeof info)
            || !write_fully(fd, &info, sizeof info) || !answer_option(fd, type, REP_ACK, 0))
            return 0;
        if (type == OPT_GO)
            return 1;
    }
    return 0;
}

static void serve_requests(int fd, char *payload)
{
    struct request request;

    while (read_fully(fd, &request, sizeof request)) {
        uint32_t length = be32toh(request.length);
        uint16_t type = be16toh(request.type);
        struct reply reply = {htobe32(0x67446698), 0, request.cookie};
        if (type == CMD_DISC || length > MAX_PAYLOAD)
            return;
        if (type == CMD_WRITE) {
            if (!read_fully(fd, payload, length))
                return;
            if (file >= 0
                && pwrite(file, payload, length, (off_t) be64toh(request.offset)) != (ssize_t) length)
                err(1, "pwrite");
        }
        if (!write_fully(fd, &reply, sizeof reply)
            || (type == CMD_READ && !write_fully(fd, payload, length)))
            return;
    }
}

static void *serve(void *connection)
{
    int fd = (int) (intptr_t) connection;
    char *payload = calloc(1, MAX_PAYLOAD);

    if (payload == NULL)
        err(1, "calloc");
    if (shake_hands(fd, payload))
        serve_requests(fd, payload);
    free(payload);
    close(fd);
    return NULL;
}

static void make_file(const char *name)
{
    static char zeroes[ZEROES];

    file = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file < 0)
        err(1, "%s", name);
    unlink(name);
    for (uint64_t at = 0; at < size; at += ZEROES)
        if (pwrite(file, zeroes, ZEROES, (off_t) at) != ZEROES)
            err(1, "%s", name);
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    if (argc < 3 || argc > 4)
        errx(2, "use: sink SOCKET SIZE [FILE]");
    signal(SIGPIPE, SIG_IGN);
    size = strtoull(argv[2], NULL, 10);
    if (argc == 4)
        make_file(argv[3]);
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    if (listener < 0 || bind(listener, (struct sockaddr *) &address, sizeof address) < 0
        || listen(listener, 16) < 0)
        err(1, "%s", argv[1]);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        pthread_t thread;
        if (fd < 0)
            err(1, "accept");
        if (pthread_create(&thread, NULL, serve, (void *) (intptr_t) fd) != 0)
            errx(1, "pthread_create");
        pthread_detach(thread);
    }
}
