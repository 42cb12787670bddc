/* What the files of the fake share. Nothing of this is visible outside the library. */
#ifndef FAKE_H
#define FAKE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fakevddk.h"

/* control.c: the file that steers the fake; looked at again on every call. */
void control_refresh(void);
bool control_text(const char *key, char *out, size_t size);
bool control_is(const char *key, const char *value);
bool control_flag(const char *key);
int64_t control_number(const char *key, int64_t otherwise);
/* "<prefix>.<name>" as a number. */
int64_t control_number_of(const char *prefix, const char *name, int64_t otherwise);
/* The path of a file beside the library. */
void beside_library(const char *name, char *out, size_t size);

/* trace.c: one line an event, written with one write(2). */
void trace_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A rule of VDDK was broken: the test that finds this line fails. */
void trace_failure(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
uint64_t now_micros(void);
void sleep_micros(int64_t micros);

/* call.c: what is common to every call: arguments, injected failures, crashes, latency, the line. */
struct call {
  const char *name;
  uint64_t started;
  size_t used;
  bool silent;
  char args[8192];
};
void call_begin(struct call *c, const char *name);
void arg_text(struct call *c, const char *key, const char *value);
void arg_number(struct call *c, const char *key, int64_t value);
/* Returns the number of the handle; 0 if it is none. */
uint32_t arg_handle(struct call *c, VixDiskLibHandle handle);
void arg_range(struct call *c, uint64_t start, uint64_t sectors);
void arg_pointer(struct call *c, const char *key, bool set);
/* Uses the stack that the control file asks for. */
void call_stack(struct call *c);
/* Stack, latency and crashes; answers the error injected into this call, or VIX_OK. */
VixError call_enter(struct call *c);
VixError call_end(struct call *c, VixError result);
uint64_t call_count(const char *name);
void call_summary(char *out, size_t size);

/* rules.c: state of the library and the rules about who may call what when. */
void rules_init(void);
bool rules_initialized(void);
void rules_exit(void);
void rules_check(const char *call);
/* A call that has to be made on the thread that opens and closes. */
void lifecycle_check(const char *call);
void exclusive_begin(const char *call);
void exclusive_end(void);

/* ledger.c: what was handed out and must come back. */
enum kind { CONNECTION, HANDLE, INFO, CONNECT_PARAMS, BLOCK_LIST, ERROR_TEXT, KINDS };
uint32_t ledger_add(enum kind kind, const void *pointer);
/* The object's number, or 0 with a failure line when it is not live. */
uint32_t ledger_find(enum kind kind, const void *pointer, const char *call);
bool ledger_remove(enum kind kind, const void *pointer, const char *call);
void ledger_report(const char *when);

/* logging.c: VDDK's three log callbacks. */
void logging_set(VixDiskLibLogFunc *log, VixDiskLibLogFunc *warn, VixDiskLibLogFunc *panic);
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_at_open(void);
/* A thread of the library's own, whose stack is as large as the control file says under that key. */
bool start_thread(pthread_t *thread, const char *key, void *(*run)(void *), void *argument);
void log_background_start(void);
void log_background_stop(void);

/* errors.c */
const char *error_text(VixError err);

/* connect.c */
struct fake_connection {
  uint32_t id;
  bool remote;
  bool readonly;
  bool thumbprint_wrong;
  char thumbprint[128];
  char snapshot[128];
  char transports[128];
  pthread_mutex_t lock; /* guards the three below */
  int handles;
  int64_t bytes_moved;
  bool cut;
};

/* disk.c */
struct fake_handle {
  uint32_t id;
  struct fake_connection *connection;
  int fd;
  bool readonly;
  uint64_t sectors;
  char lockdir[4096];
  pthread_mutex_t call_lock; /* guards busy_call */
  const char *busy_call;
  int busy_depth;
  pthread_mutex_t lock; /* guards the two below, together with idle */
  pthread_cond_t idle;
  int pending;      /* operations whose callback has not been called */
  int calling_back; /* callbacks that have not returned */
  bool held;        /* a QueryAllocatedBlocks holds up reads; read atomically */
};
/* Marks a call on the handle; overlapping ones are a failure. */
void handle_begin(VixDiskLibHandle handle, const char *call);
void handle_end(VixDiskLibHandle handle);

/* io.c */
VixError move_data(VixDiskLibHandle handle, bool write, uint64_t start, uint64_t sectors, uint8_t *buf);
/* Whether the control file says that the connection is gone. */
bool connection_gone(VixDiskLibConnection connection);
VixError check_range(VixDiskLibHandle handle, bool write, uint64_t start, uint64_t sectors);
/* Bytes in flight against the server's NFC memory. */
bool nfc_take(int64_t bytes);
void nfc_give(int64_t bytes);
/* How long a transfer of that many bytes takes, the shared link included. */
int64_t transfer_micros(const char *call, int64_t bytes);

/* async.c */
void async_stop(void);
/* Looks again at what may complete. */
void async_wake(void);
/* Completes what waits for Wait, and waits until no operation of the handle is in flight. */
void async_finish(VixDiskLibHandle handle);

#endif
