/*
 * VDDK's rules about the order of calls: InitEx first and once, Exit last, no call from a forked child,
 * never two of Open, Close, ConnectEx and Disconnect at the same time, and all of them on one thread.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "fake.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards everything below */
static enum { FRESH, READY, ENDED } state = FRESH;
static bool ever;
static pid_t owner;
static const char *exclusive;
static int exclusive_depth;

/* A thread that some calls must share, and the call that chose it. */
struct designated {
  pid_t thread;
  const char *call;
};
static struct designated session;   /* InitEx and Exit */
static struct designated lifecycle; /* Open, Close, ConnectEx, Disconnect, Create, QueryAllocatedBlocks */

/* The first call chooses the thread. The lock is held. */
static void check_thread(struct designated *designated, const char *call) {
  if (designated->thread == 0) {
    designated->thread = gettid();
    designated->call = call;
  } else if (designated->thread != gettid() && !control_is("threads", "any")) {
    trace_failure("%s on another thread than %s", call, designated->call);
  }
}

void lifecycle_check(const char *call) {
  pthread_mutex_lock(&lock);
  check_thread(&lifecycle, call);
  pthread_mutex_unlock(&lock);
}

void rules_init(void) {
  pthread_mutex_lock(&lock);
  if (state == READY) {
    trace_failure("InitEx called twice");
  } else if (state == ENDED) {
    trace_failure("InitEx called again after Exit");
  }
  check_thread(&session, "InitEx");
  state = READY;
  ever = true;
  owner = getpid();
  pthread_mutex_unlock(&lock);
}

bool rules_initialized(void) {
  pthread_mutex_lock(&lock);
  bool result = state == READY;
  pthread_mutex_unlock(&lock);
  return result;
}

void rules_exit(void) {
  pthread_mutex_lock(&lock);
  if (exclusive != NULL) {
    trace_failure("Exit called during %s", exclusive);
  } else {
    check_thread(&session, "Exit");
  }
  state = ENDED;
  pthread_mutex_unlock(&lock);
}

static bool works_uninitialized(const char *call) {
  return strcmp(call, "InitEx") == 0 || strcmp(call, "ListTransportModes") == 0 ||
         strcmp(call, "GetErrorText") == 0 || strcmp(call, "FreeErrorText") == 0;
}

void rules_check(const char *call) {
  pthread_mutex_lock(&lock);
  if (state == FRESH && !works_uninitialized(call)) {
    trace_failure("%s called before InitEx", call);
  } else if (state == ENDED && !works_uninitialized(call)) {
    trace_failure("%s called after Exit", call);
  } else if (state == READY && owner != getpid()) {
    trace_failure("%s called in a forked child", call);
  }
  pthread_mutex_unlock(&lock);
}

void exclusive_begin(const char *call) {
  pthread_mutex_lock(&lock);
  if (exclusive_depth > 0) {
    trace_failure("%s called during %s", call, exclusive);
  } else {
    check_thread(&lifecycle, call);
  }
  exclusive = call;
  exclusive_depth++;
  pthread_mutex_unlock(&lock);
}

void exclusive_end(void) {
  pthread_mutex_lock(&lock);
  if (--exclusive_depth == 0) {
    exclusive = NULL;
  }
  pthread_mutex_unlock(&lock);
}

/* At the end of the process, or when the library is unloaded. */
__attribute__((destructor)) static void at_end(void) {
  if (ever && state == READY && owner == getpid()) {
    trace_failure("the process ended without Exit");
    ledger_report("process end");
  }
}
