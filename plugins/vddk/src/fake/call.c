/* What every call has in common: its trace line, injected failures, crashes, latency, a count and a time. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

#define MAX_NAMES 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the table */
static struct {
  const char *name;
  uint64_t calls;
} table[MAX_NAMES];

static uint64_t count_one(const char *name, uint64_t more) {
  uint64_t calls = 0;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < MAX_NAMES; i++) {
    if (table[i].name == NULL) {
      table[i].name = name;
    }
    if (strcmp(table[i].name, name) == 0) {
      calls = table[i].calls += more;
      break;
    }
  }
  pthread_mutex_unlock(&lock);
  return calls;
}

uint64_t call_count(const char *name) { return count_one(name, 0); }

void call_summary(char *out, size_t size) {
  size_t used = 0;
  out[0] = 0;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < MAX_NAMES && table[i].name != NULL && used < size; i++) {
    if (table[i].calls > 0) {
      used += (size_t)snprintf(out + used, size - used, " %s=%llu", table[i].name,
                               (unsigned long long)table[i].calls);
    }
  }
  pthread_mutex_unlock(&lock);
}

void call_begin(struct call *c, const char *name) {
  control_refresh();
  c->name = name;
  c->used = 0;
  c->args[0] = 0;
  c->silent = control_is("trace.io", "false") &&
              (strstr(name, "Read") != NULL || strstr(name, "Write") != NULL);
  count_one(name, 1);
  rules_check(name);
  c->started = now_micros();
}

static void append(struct call *c, const char *text) {
  size_t length = strlen(text);
  if (c->used + length < sizeof c->args) {
    memcpy(c->args + c->used, text, length + 1);
    c->used += length;
  }
}

void arg_text(struct call *c, const char *key, const char *value) {
  char piece[8];
  append(c, " ");
  append(c, key);
  if (value == NULL) {
    append(c, "=NULL");
    return;
  }
  append(c, "=\"");
  for (const unsigned char *p = (const unsigned char *)value; *p != 0; p++) {
    if (*p < ' ' || *p == 127) {
      snprintf(piece, sizeof piece, "\\x%02x", *p);
    } else {
      snprintf(piece, sizeof piece, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    }
    append(c, piece);
  }
  append(c, "\"");
}

void arg_number(struct call *c, const char *key, int64_t value) {
  char piece[96];
  snprintf(piece, sizeof piece, " %s=%lld", key, (long long)value);
  append(c, piece);
}

uint32_t arg_handle(struct call *c, VixDiskLibHandle handle) {
  uint32_t id = ledger_find(HANDLE, handle, c->name);
  arg_number(c, "handle", id);
  return id;
}

void arg_range(struct call *c, uint64_t start, uint64_t sectors) {
  arg_number(c, "start", (int64_t)start);
  arg_number(c, "sectors", (int64_t)sectors);
}

void arg_pointer(struct call *c, const char *key, bool set) {
  append(c, " ");
  append(c, key);
  append(c, set ? "=set" : "=NULL");
}

static void crash_if_asked(struct call *c) {
  char key[128];
  char how[32];
  snprintf(key, sizeof key, "crash.%s", c->name);
  if (!control_text(key, how, sizeof how)) {
    return;
  }
  snprintf(key, sizeof key, "crash.%s.at", c->name);
  int64_t at = control_number(key, 0);
  if (at != 0 && (uint64_t)at != call_count(c->name)) {
    return;
  }
  trace_line("%s tid=%d%s crash=%s", c->name, (int)gettid(), c->args, how);
  if (strcmp(how, "panic") == 0) {
    log_panic("VixDiskLib: PANIC in %s: NOT_REACHED %s:%d\n", c->name, "bora/lib/fake.c", 42);
  }
  if (strcmp(how, "segv") == 0) {
    *(volatile int *)8 = 1;
  }
  abort();
}

/* Uses that many bytes of the stack, page by page, as some of VMware's own code does. */
static __attribute__((noinline)) int64_t use_stack(int64_t bytes) {
  volatile char page[4096];
  page[0] = (char)bytes;
  return bytes <= (int64_t)sizeof page ? page[0] : use_stack(bytes - (int64_t)sizeof page) + page[0];
}

void call_stack(struct call *c) {
  int64_t bytes = control_number_of("stack", c->name, 0);
  if (bytes > 0) {
    use_stack(bytes);
  }
}

static int64_t latency(struct call *c) {
  char key[128];
  snprintf(key, sizeof key, "latency.%s.at", c->name);
  int64_t at = control_number(key, 0);
  return at != 0 && (uint64_t)at != call_count(c->name) ? 0 : control_number_of("latency", c->name, 0);
}

static VixError injected(struct call *c) {
  char key[128];
  char text[512];
  int64_t code = control_number_of("fail", c->name, VIX_OK);
  snprintf(key, sizeof key, "fail.%s.at", c->name);
  int64_t at = control_number(key, 0);
  snprintf(key, sizeof key, "fail.%s.from", c->name);
  int64_t from = control_number(key, 0);
  int64_t number = (int64_t)call_count(c->name);
  if (code == VIX_OK || (at != 0 && number != at) || number < from) {
    return VIX_OK;
  }
  snprintf(key, sizeof key, "fail.%s.log", c->name);
  if (control_text(key, text, sizeof text)) {
    log_warn("%s\n", text);
  }
  return (VixError)code;
}

VixError call_enter(struct call *c) {
  crash_if_asked(c);
  call_stack(c);
  sleep_micros(latency(c));
  return injected(c);
}

VixError call_end(struct call *c, VixError result) {
  if (!c->silent) {
    trace_line("%s tid=%d%s result=%llu us=%llu", c->name, (int)gettid(), c->args,
               (unsigned long long)VIX_ERROR_CODE(result),
               (unsigned long long)(now_micros() - c->started));
  }
  return result;
}
