/* The three log callbacks, called with real va_lists from the caller's thread and from threads of our own. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

static VixDiskLibLogFunc *callbacks[3];
static pthread_t background;
static bool background_runs;
static volatile bool background_stops;

void logging_set(VixDiskLibLogFunc *log, VixDiskLibLogFunc *warn, VixDiskLibLogFunc *panic) {
  callbacks[0] = log;
  callbacks[1] = warn;
  callbacks[2] = panic;
}

static void call(int which, const char *fmt, va_list args) {
  if (callbacks[which] != NULL) {
    callbacks[which](fmt, args);
  }
}

#define LOGGER(name, which)           \
  void name(const char *fmt, ...) {   \
    va_list args;                     \
    va_start(args, fmt);              \
    call(which, fmt, args);           \
    va_end(args);                     \
  }
LOGGER(log_info, 0)
LOGGER(log_warn, 1)
LOGGER(log_panic, 2)

/* More integer and more floating point arguments than there are registers, and every width. */
static void log_many_types(void) {
  log_info("FAKE-LOG  : s=%s d=%d u=%u ld=%ld llx=%llx zu=%zu c=%c pct=%% prec=%.*s i=%d,%d,%d "
           "f=%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f g=%g e=%.2e\n",
           "text", -7, 4000000000u, -5000000000L, 0xfeedfacecafebeefULL, (size_t)1 << 40, 'Z', 3,
           "abcdef", 1, 2, 3, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 0.25, 12345.678);
}

bool start_thread(pthread_t *thread, const char *key, void *(*run)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  int64_t stack = control_number(key, 0);
  if (stack > 0) {
    pthread_attr_setstacksize(&attributes, (size_t)stack);
  }
  bool started = pthread_create(thread, &attributes, run, argument) == 0;
  pthread_attr_destroy(&attributes);
  return started;
}

static void *foreign(void *count) {
  for (int64_t i = 0; i < *(int64_t *)count; i++) {
    log_info("FAKE-LOG  : foreign thread %d of pid %d, line %lld\n", 1, (int)getpid(), (long long)i);
    log_many_types();
  }
  return NULL;
}

void log_at_open(void) {
  int64_t lines = control_number("log.foreign", 0);
  pthread_t thread;
  if (control_flag("log.types")) {
    log_many_types();
  }
  if (control_flag("log.warn")) {
    log_warn("VixDiskLib: a warning with %d arguments and no line end", 1);
    log_warn("VDDK_PhoneHome: %s\n", "Get CEIP status failed");
  }
  int64_t length = control_number("log.long", 0);
  if (length > 0) {
    char *text = malloc((size_t)length + 1);
    memset(text, 'x', (size_t)length);
    text[length] = 0;
    log_info("%s\n", text);
    free(text);
  }
  if (control_flag("log.panic")) {
    log_panic("VixDiskLib: a panic that is survived\n");
  }
  if (lines > 0 && start_thread(&thread, "log.stack", foreign, &lines)) {
    pthread_join(thread, NULL);
  }
}

static void *run_background(void *unused) {
  (void)unused;
  for (uint64_t i = 0; !background_stops; i++) {
    log_info("FAKE-LOG  : background line %llu\n", (unsigned long long)i);
    sleep_micros(control_number("log.background", 1000));
  }
  return NULL;
}

void log_background_start(void) {
  background_stops = false;
  background_runs = control_number("log.background", 0) > 0 &&
                    start_thread(&background, "log.stack", run_background, NULL);
}

void log_background_stop(void) {
  if (background_runs) {
    background_stops = true;
    pthread_join(background, NULL);
    background_runs = false;
  }
}
