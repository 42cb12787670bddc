/*
 * Asynchronous reads and writes. The control key `async` chooses how they complete:
 *   inline   within the call itself (as file mode does; the default for local disks)
 *   thread   on threads of our own, after the latency (the default for remote disks)
 *   wait     only within Wait
 *   next     within Wait too, or within the next of these calls on the handle, whoever makes it
 *   both     within the call itself, which then answers VIX_OK
 *   refuse   never: the call answers async.refuse (6, not supported) and calls nobody back
 *   sync     the call does the work, answers VIX_OK and calls nobody back
 * async.order=fifo|lifo|random, async.batch=N (wait for N before completing any), async.delay (µs) and
 * async.error (the code every completion carries) shape the first two of these further.
 *
 * While a read is in flight its buffer holds a mark: if the mark has changed, or the memory has gone, by the
 * time the data comes, then the buffer was given up too early.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fake.h"

#define THREADS 4
#define MARK_SIZE 16
#define BATCH_PATIENCE 50000

struct op {
  uint64_t number;
  VixDiskLibHandle handle;
  bool write;
  uint64_t start;
  uint64_t sectors;
  uint8_t *buf;
  VixDiskLibCompletionCB *callback;
  void *data;
  uint64_t due;
  uint64_t queued;
  bool at_wait;
  bool silent;
  VixError injected;
  uint8_t mark[MARK_SIZE];
  uint8_t end_mark[MARK_SIZE];
  struct op *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards everything below */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct op *queue; /* newest first */
static pthread_t threads[THREADS];
static bool running;
static bool stopping;
static uint64_t numbers;
static unsigned seed = 42;

/* Reads memory that may not exist any more. */
static bool peek(const void *from, void *to, size_t size) {
  struct iovec local = {to, size};
  struct iovec remote = {(void *)from, size};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)size;
}

static void set_marks(struct op *op) {
  size_t size = op->sectors * VIXDISKLIB_SECTOR_SIZE;
  if (size == 0) {
    return;
  }
  if (!op->write) {
    memset(op->buf, 0xa5, MARK_SIZE);
    memcpy(op->buf, &op->number, sizeof op->number);
    memcpy(op->buf + size - MARK_SIZE, op->buf, MARK_SIZE);
  }
  memcpy(op->mark, op->buf, MARK_SIZE);
  memcpy(op->end_mark, op->buf + size - MARK_SIZE, MARK_SIZE);
}

static bool marks_stand(const struct op *op) {
  uint8_t now[MARK_SIZE];
  size_t size = op->sectors * VIXDISKLIB_SECTOR_SIZE;
  return size == 0 || (peek(op->buf, now, MARK_SIZE) && memcmp(now, op->mark, MARK_SIZE) == 0 &&
                       peek(op->buf + size - MARK_SIZE, now, MARK_SIZE) &&
                       memcmp(now, op->end_mark, MARK_SIZE) == 0);
}

static void complete(struct op *op) {
  VixDiskLibHandle handle = op->handle;
  int64_t bytes = (int64_t)op->sectors * VIXDISKLIB_SECTOR_SIZE;
  VixError result = op->injected;
  if (!marks_stand(op)) {
    trace_failure("the buffer of %s %llu was changed or freed before its completion",
                  op->write ? "WriteAsync" : "ReadAsync", (unsigned long long)op->number);
    result = VIX_E_FAIL;
  } else if (result == VIX_OK) {
    result = move_data(handle, op->write, op->start, op->sectors, op->buf);
  }
  nfc_give(bytes);
  if (!op->silent) {
    trace_line("Completion tid=%d op=%llu result=%llu", (int)gettid(), (unsigned long long)op->number,
               (unsigned long long)result);
  }
  /* Whoever is called back may close the handle at once: Close waits for calling_back. */
  pthread_mutex_lock(&handle->lock);
  handle->pending--;
  handle->calling_back++;
  pthread_mutex_unlock(&handle->lock);
  op->callback(op->data, result);
  free(op);
  pthread_mutex_lock(&handle->lock);
  handle->calling_back--;
  pthread_cond_broadcast(&handle->idle);
  pthread_mutex_unlock(&handle->lock);
}

static void async_drain(VixDiskLibHandle handle) {
  pthread_mutex_lock(&handle->lock);
  while (handle->pending > 0 || handle->calling_back > 0) {
    pthread_cond_wait(&handle->idle, &handle->lock);
  }
  pthread_mutex_unlock(&handle->lock);
}

/* The next operation that may complete now, in the order asked for; or the time to look again. */
static struct op *take(uint64_t now, uint64_t *look_again) {
  int64_t batch = control_number("async.batch", 1);
  bool lifo = control_is("async.order", "lifo");
  bool random = control_is("async.order", "random");
  struct op **chosen = NULL;
  int64_t waiting = 0;
  uint64_t eligible = 0;
  for (struct op *op = queue; op != NULL; op = op->next) {
    waiting += !op->at_wait;
  }
  for (struct op **at = &queue; *at != NULL; at = &(*at)->next) {
    struct op *op = *at;
    uint64_t due = op->due;
    if (op->at_wait || __atomic_load_n(&op->handle->held, __ATOMIC_RELAXED)) {
      continue;
    }
    if (waiting < batch && due < op->queued + BATCH_PATIENCE) {
      due = op->queued + BATCH_PATIENCE;
    }
    if (due > now) {
      *look_again = due < *look_again ? due : *look_again;
    } else if (chosen == NULL || (random && rand_r(&seed) % ++eligible == 0) || (!lifo && !random)) {
      chosen = at;
      eligible += eligible == 0;
    }
  }
  struct op *op = chosen == NULL ? NULL : *chosen;
  if (op != NULL) {
    *chosen = op->next;
  }
  return op;
}

static void *work(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  while (!stopping || queue != NULL) {
    uint64_t now = now_micros();
    uint64_t look_again = now + 100000;
    struct op *op = take(now, &look_again);
    if (op != NULL) {
      pthread_mutex_unlock(&lock);
      complete(op);
      pthread_mutex_lock(&lock);
    } else {
      struct timespec until;
      clock_gettime(CLOCK_REALTIME, &until);
      uint64_t nanos = (uint64_t)until.tv_nsec + (look_again - now) * 1000;
      until.tv_sec += (time_t)(nanos / 1000000000);
      until.tv_nsec = (long)(nanos % 1000000000);
      pthread_cond_timedwait(&changed, &lock, &until);
    }
  }
  pthread_mutex_unlock(&lock);
  return NULL;
}

static void enqueue(struct op *op) {
  pthread_mutex_lock(&lock);
  if (!running) {
    running = true;
    stopping = false;
    for (int i = 0; i < THREADS; i++) {
      start_thread(&threads[i], "async.stack", work, NULL);
    }
  }
  op->next = queue;
  queue = op;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

void async_stop(void) {
  pthread_mutex_lock(&lock);
  bool join = running;
  stopping = true;
  running = false;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  for (int i = 0; join && i < THREADS; i++) {
    pthread_join(threads[i], NULL);
  }
}

void async_wake(void) {
  pthread_mutex_lock(&lock);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static struct op *new_op(VixDiskLibHandle handle, bool write, uint64_t start, uint64_t sectors,
                         uint8_t *buf, VixDiskLibCompletionCB *callback, void *data) {
  struct op *op = calloc(1, sizeof *op);
  op->number = __atomic_add_fetch(&numbers, 1, __ATOMIC_RELAXED);
  op->handle = handle;
  op->write = write;
  op->start = start;
  op->sectors = sectors;
  op->buf = buf;
  op->callback = callback;
  op->data = data;
  op->injected = (VixError)control_number("async.error", VIX_OK);
  int64_t bytes = (int64_t)sectors * VIXDISKLIB_SECTOR_SIZE;
  if (!nfc_take(bytes) && op->injected == VIX_OK) {
    op->injected = VIX_E_OUT_OF_MEMORY;
  }
  op->queued = now_micros();
  op->due = op->queued + (uint64_t)control_number("async.delay", 0) +
            (uint64_t)transfer_micros(write ? "WriteAsync" : "ReadAsync", bytes);
  set_marks(op);
  pthread_mutex_lock(&handle->lock);
  handle->pending++;
  pthread_mutex_unlock(&handle->lock);
  return op;
}

static VixError crash_or_fail(struct call *c) {
  /* The latency of an asynchronous call is the time to its completion, not that of the call. */
  char how[32];
  char key[64];
  snprintf(key, sizeof key, "crash.%s", c->name);
  bool enter = control_text(key, how, sizeof how) || control_number_of("fail", c->name, 0) != 0;
  if (!enter) {
    call_stack(c);
  }
  return enter ? call_enter(c) : VIX_OK;
}

/* An operation of the handle that completes only within calls. */
static struct op *take_waiting(VixDiskLibHandle handle) {
  struct op *found = NULL;
  pthread_mutex_lock(&lock);
  for (struct op **at = &queue; *at != NULL && found == NULL;) {
    if ((*at)->at_wait && (*at)->handle == handle) {
      found = *at;
      *at = found->next;
    } else {
      at = &(*at)->next;
    }
  }
  pthread_mutex_unlock(&lock);
  return found;
}

static void complete_waiting(VixDiskLibHandle handle) {
  for (struct op *op; (op = take_waiting(handle)) != NULL;) {
    complete(op);
  }
}

static VixError submit(const char *name, bool write, VixDiskLibHandle handle, uint64_t start,
                       uint64_t sectors, uint8_t *buf, VixDiskLibCompletionCB *callback, void *data) {
  struct call c;
  char mode[32];
  call_begin(&c, name);
  uint32_t id = arg_handle(&c, handle);
  arg_range(&c, start, sectors);
  if (id == 0) {
    return call_end(&c, VIX_E_INVALID_ARG);
  }
  if (!control_text("async", mode, sizeof mode)) {
    snprintf(mode, sizeof mode, "%s", handle->connection->remote ? "thread" : "inline");
  }
  handle_begin(handle, c.name);
  if (strcmp(mode, "next") == 0) {
    complete_waiting(handle);
  }
  VixError result = crash_or_fail(&c);
  if (result == VIX_OK) {
    result = check_range(handle, write, start, sectors);
  }
  if (result == VIX_OK && strcmp(mode, "refuse") == 0) {
    result = (VixError)control_number("async.refuse", VIX_E_NOT_SUPPORTED);
  } else if (result == VIX_OK && strcmp(mode, "sync") == 0) {
    sleep_micros(transfer_micros(name, (int64_t)sectors * VIXDISKLIB_SECTOR_SIZE));
    result = move_data(handle, write, start, sectors, buf);
  } else if (result == VIX_OK) {
    struct op *op = new_op(handle, write, start, sectors, buf, callback, data);
    arg_number(&c, "op", (int64_t)op->number);
    op->silent = c.silent;
    op->at_wait = strcmp(mode, "wait") == 0 || strcmp(mode, "next") == 0;
    bool both = strcmp(mode, "both") == 0;
    result = both ? VIX_OK : VIX_ASYNC;
    if (both || strcmp(mode, "inline") == 0) {
      sleep_micros((int64_t)(op->due - op->queued));
      complete(op);
    } else {
      enqueue(op);
    }
  }
  handle_end(handle);
  return call_end(&c, result);
}

VixError VixDiskLib_ReadAsync(VixDiskLibHandle handle, VixDiskLibSectorType start,
                              VixDiskLibSectorType sectors, uint8_t *buf,
                              VixDiskLibCompletionCB *callback, void *data) {
  return submit("ReadAsync", false, handle, start, sectors, buf, callback, data);
}

VixError VixDiskLib_WriteAsync(VixDiskLibHandle handle, VixDiskLibSectorType start,
                               VixDiskLibSectorType sectors, const uint8_t *buf,
                               VixDiskLibCompletionCB *callback, void *data) {
  return submit("WriteAsync", true, handle, start, sectors, (uint8_t *)buf, callback, data);
}

void async_finish(VixDiskLibHandle handle) {
  complete_waiting(handle);
  async_drain(handle);
}

VixError VixDiskLib_Wait(VixDiskLibHandle handle) {
  struct call c;
  call_begin(&c, "Wait");
  uint32_t id = arg_handle(&c, handle);
  VixError result = VIX_E_INVALID_ARG;
  if (id != 0) {
    handle_begin(handle, c.name);
    result = call_enter(&c);
    if (result == VIX_OK) {
      async_finish(handle);
    }
    handle_end(handle);
  }
  return call_end(&c, result);
}
