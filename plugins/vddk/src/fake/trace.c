/*
 * The trace: one line an event, `name key=value …`, each written with a single write(2), so that lines of
 * several threads never mix and a line is on disk before a crash. The file is named by the control key
 * `trace`, else fake.trace beside the library.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fake.h"

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int fd = -1;

static void open_trace(void) {
  char path[PATH_MAX];
  if (!control_text("trace", path, sizeof path)) {
    beside_library("fake.trace", path, sizeof path);
  }
  fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static void write_line(const char *prefix, const char *fmt, va_list args) {
  char line[9216];
  int saved = errno;
  pthread_once(&opened, open_trace);
  size_t used = (size_t)snprintf(line, sizeof line, "%s", prefix);
  int more = vsnprintf(line + used, sizeof line - used - 1, fmt, args);
  if (more > 0) {
    used += (size_t)more;
  }
  if (used > sizeof line - 2) {
    used = sizeof line - 2;
  }
  line[used++] = '\n';
  if (fd >= 0 && write(fd, line, used) < 0) {
    fprintf(stderr, "fake VDDK: cannot write the trace: %s\n", strerror(errno));
  }
  errno = saved;
}

void trace_line(const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  write_line("", fmt, args);
  va_end(args);
}

void trace_failure(const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  write_line("FAIL ", fmt, args);
  va_end(args);
}

uint64_t now_micros(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void sleep_micros(int64_t micros) {
  if (micros > 0) {
    struct timespec t = {micros / 1000000, micros % 1000000 * 1000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {
    }
  }
}
