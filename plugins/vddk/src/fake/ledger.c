/* What was handed out: each object is entered when it is made and must be given back exactly once. */
#include <stdlib.h>

#include "fake.h"

struct object {
  const void *pointer;
  uint32_t id;
  struct object *next;
};

static const char *const NAMES[KINDS] = {"connection", "handle",    "info",
                                         "params",     "blocklist", "errortext"};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards everything below */
static struct object *live[KINDS];
static uint32_t given[KINDS];

uint32_t ledger_add(enum kind kind, const void *pointer) {
  struct object *object = malloc(sizeof *object);
  pthread_mutex_lock(&lock);
  object->pointer = pointer;
  object->id = ++given[kind];
  object->next = live[kind];
  live[kind] = object;
  uint32_t id = object->id;
  pthread_mutex_unlock(&lock);
  return id;
}

uint32_t ledger_find(enum kind kind, const void *pointer, const char *call) {
  uint32_t id = 0;
  pthread_mutex_lock(&lock);
  for (struct object *o = live[kind]; o != NULL && id == 0; o = o->next) {
    if (o->pointer == pointer) {
      id = o->id;
    }
  }
  pthread_mutex_unlock(&lock);
  if (id == 0) {
    trace_failure("%s got a %s that is not live: %p", call, NAMES[kind], pointer);
  }
  return id;
}

bool ledger_remove(enum kind kind, const void *pointer, const char *call) {
  pthread_mutex_lock(&lock);
  struct object **at = &live[kind];
  while (*at != NULL && (*at)->pointer != pointer) {
    at = &(*at)->next;
  }
  struct object *found = *at;
  if (found != NULL) {
    *at = found->next;
  }
  pthread_mutex_unlock(&lock);
  if (found == NULL) {
    trace_failure("%s got a %s that is not live: %p", call, NAMES[kind], pointer);
    return false;
  }
  free(found);
  return true;
}

void ledger_report(const char *when) {
  char calls[4096];
  pthread_mutex_lock(&lock);
  for (int kind = 0; kind < KINDS; kind++) {
    uint32_t left = 0;
    for (struct object *o = live[kind]; o != NULL; o = o->next) {
      left++;
    }
    if (left > 0) {
      trace_failure("leak at %s: %u of %u %s never given back", when, left, given[kind], NAMES[kind]);
    }
    trace_line("SUMMARY %s given=%u live=%u", NAMES[kind], given[kind], left);
  }
  pthread_mutex_unlock(&lock);
  call_summary(calls, sizeof calls);
  trace_line("SUMMARY calls%s", calls);
}
