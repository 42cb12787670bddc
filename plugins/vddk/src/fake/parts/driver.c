/*
 * A small program that uses the fake as C programs use VDDK: `driver LIBRARY DISK STEP…`, one call a step.
 * It exists to test the fake itself, the rules it watches included. `during:STEP` is done on another thread
 * while the library logs its next line, in the midst of a call; `thread:STEP` on another thread, between two
 * calls; `forked:STEP` in a child.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fakevddk.h"

#define SECTORS 8
#define SIZE (SECTORS * VIXDISKLIB_SECTOR_SIZE)

static const char *disk;
static void *library;
static VixDiskLibConnectParams *params;
static VixDiskLibConnection connection;
static VixDiskLibHandle handle;
static VixDiskLibInfo *info;
static VixDiskLibBlockList *list;
static char *text;
static uint8_t *buffer;
static const char *during; /* the step for the next line of the log */

#define CALL(name) ((__typeof__(&VixDiskLib_##name))find("VixDiskLib_" #name))

static void *find(const char *name) {
  void *address = dlsym(library, name);
  if (address == NULL) {
    printf("missing %s\n", name);
    exit(3);
  }
  return address;
}

static void do_step(const char *name);

static void *on_a_thread(void *step) {
  do_step(step);
  return NULL;
}

static void show(const char *fmt, va_list args) {
  vprintf(fmt, args);
  const char *step = during;
  during = NULL;
  if (step != NULL) {
    pthread_t other;
    pthread_create(&other, NULL, on_a_thread, (void *)step);
    pthread_join(other, NULL);
  }
}

static void done(void *data, VixError result) {
  printf("completion data=%s result=%d\n", (char *)data, (int)result);
}

/* Life of the library. */
static VixError init(void) { return CALL(InitEx)(6, 5, show, show, show, NULL, NULL); }
static VixError init67(void) { return CALL(InitEx)(6, 7, show, show, show, NULL, NULL); }
static VixError initnull(void) { return CALL(InitEx)(6, 5, NULL, NULL, NULL, NULL, NULL); }

static VixError exit_library(void) {
  CALL(Exit)();
  return VIX_OK;
}

static VixError modes(void) {
  printf("modes %s\n", CALL(ListTransportModes)());
  return VIX_OK;
}

static VixError error_text(void) {
  text = CALL(GetErrorText)(VIX_E_FAIL, NULL);
  return VIX_OK;
}

static VixError freetext(void) {
  CALL(FreeErrorText)(text);
  return VIX_OK;
}

/* Connections. */
static VixError connect_params(void) { return CALL(ConnectEx)(params, 0, NULL, NULL, &connection); }

static VixError connect_library(void) {
  params = CALL(AllocateConnectParams)();
  return connect_params();
}

static VixError connect_own(void) {
  static VixDiskLibConnectParams own;
  params = &own;
  return connect_params();
}

static VixError connect_reserved(void) {
  params = CALL(AllocateConnectParams)();
  params->reserved[3] = 1;
  return connect_params();
}

static VixError disconnect(void) {
  CALL(FreeConnectParams)(params);
  return CALL(Disconnect)(connection);
}

/* Handles. */
static VixError open_disk(void) { return CALL(Open)(connection, disk, 0, &handle); }
static VixError close_disk(void) { return CALL(Close)(handle); }
static VixError read_disk(void) { return CALL(Read)(handle, 0, SECTORS, buffer); }
static VixError create_disk(void) {
  VixDiskLibCreateParams create = {1, 2, 4, 2048, 0, 0};
  char path[4096];
  snprintf(path, sizeof path, "%s.new", disk);
  return CALL(Create)(connection, path, &create, NULL, NULL);
}

static VixError flush(void) { return CALL(Flush)(handle); }
static VixError wait_for(void) { return CALL(Wait)(handle); }

static VixError write_disk(void) {
  memset(buffer, 'w', SIZE);
  return CALL(Write)(handle, SECTORS, SECTORS, buffer);
}

static VixError readasync(void) { return CALL(ReadAsync)(handle, 0, SECTORS, buffer, done, "x"); }

static VixError writeasync(void) {
  memset(buffer, 'w', SIZE);
  return CALL(WriteAsync)(handle, 0, SECTORS, buffer, done, "y");
}

static VixError getinfo(void) { return CALL(GetInfo)(handle, &info); }

static VixError freeinfo(void) {
  CALL(FreeInfo)(info);
  return VIX_OK;
}

static VixError show_info(void) {
  VixError result = getinfo();
  if (result == VIX_OK) {
    printf("capacity %d logical %x\n", (int)info->capacity, info->logicalSectorSize);
    freeinfo();
  }
  return result;
}

static VixError getlist(void) { return CALL(QueryAllocatedBlocks)(handle, 0, 1024, 128, &list); }
static VixError freelist(void) { return CALL(FreeBlockList)(list); }

static VixError query(void) {
  VixError result = getlist();
  for (uint32_t i = 0; result == VIX_OK && i < list->numBlocks; i++) {
    printf("block %d+%d\n", (int)list->blocks[i].offset, (int)list->blocks[i].length);
  }
  return result == VIX_OK ? freelist() : result;
}

/* What the buffer must not suffer. */
static VixError spoil(void) {
  memset(buffer, 0, SIZE);
  return VIX_OK;
}

static VixError unmap(void) { return munmap(buffer, SIZE) == 0 ? VIX_OK : VIX_E_FAIL; }

static void *read_on_a_thread(void *unused) {
  (void)unused;
  CALL(Read)(handle, 0, SECTORS, buffer);
  return NULL;
}

/* Two at the same time, which VDDK forbids, and how long both took. */
static VixError two_reads(void) {
  struct timespec start, end;
  pthread_t other;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pthread_create(&other, NULL, read_on_a_thread, NULL);
  read_on_a_thread(NULL);
  pthread_join(other, NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("both %ld ms\n",
         (long)((end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000));
  return VIX_OK;
}

static const struct {
  const char *name;
  VixError (*run)(void);
} STEPS[] = {
    {"init", init},           {"init67", init67},         {"initnull", initnull},
    {"exit", exit_library},   {"modes", modes},           {"gettext", error_text},
    {"freetext", freetext},   {"connect", connect_library}, {"ownparams", connect_own},
    {"reserved", connect_reserved}, {"disconnect", disconnect}, {"open", open_disk},
    {"close", close_disk},    {"read", read_disk},        {"write", write_disk},
    {"flush", flush},         {"create", create_disk},         {"wait", wait_for},         {"readasync", readasync},
    {"writeasync", writeasync}, {"info", show_info},      {"getinfo", getinfo},
    {"freeinfo", freeinfo},   {"query", query},           {"getlist", getlist},
    {"freelist", freelist},   {"spoil", spoil},           {"unmap", unmap},
    {"2reads", two_reads},
};

static void in_a_child(const char *step) {
  pid_t child = fork();
  if (child == 0) {
    do_step(step);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void do_step(const char *name) {
  if (strncmp(name, "during:", 7) == 0) {
    during = name + 7;
    return;
  } else if (strncmp(name, "thread:", 7) == 0) {
    pthread_t other;
    pthread_create(&other, NULL, on_a_thread, (void *)(name + 7));
    pthread_join(other, NULL);
    return;
  } else if (strncmp(name, "forked:", 7) == 0) {
    in_a_child(name + 7);
    return;
  }
  for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
    if (strcmp(STEPS[i].name, name) == 0) {
      VixError result = STEPS[i].run();
      printf("%s %d\n", name, (int)VIX_ERROR_CODE(result));
      return;
    }
  }
  printf("unknown step %s\n", name);
  exit(4);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  library = argc < 3 ? NULL : dlopen(argv[1], RTLD_NOW);
  if (library == NULL) {
    printf("cannot load: %s\n", dlerror());
    return 2;
  }
  disk = argv[2];
  buffer = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 3; i < argc; i++) {
    do_step(argv[i]);
  }
  return 0;
}
