/*
 * A small program that uses the fake as C programs use VDDK: `driver LIBRARY DISK STEP…`, one call a step.
 * It exists to test the fake itself, the rules it watches included.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fakevddk.h"

#define SECTORS 8
#define SIZE (SECTORS * VIXDISKLIB_SECTOR_SIZE)

static void *library;
static VixDiskLibConnectParams *params;
static VixDiskLibConnection connection;
static VixDiskLibHandle handle;
static uint8_t *buffer;
static int completed;

#define CALL(name) ((__typeof__(&VixDiskLib_##name))find("VixDiskLib_" #name))

static void *find(const char *name) {
  void *address = dlsym(library, name);
  if (address == NULL) {
    printf("missing %s\n", name);
    exit(3);
  }
  return address;
}

static void show(const char *fmt, va_list args) { vprintf(fmt, args); }

static void done(void *data, VixError result) {
  printf("completion data=%s result=%d\n", (char *)data, (int)result);
  __atomic_add_fetch(&completed, 1, __ATOMIC_SEQ_CST);
}

static VixError query(void) {
  VixDiskLibBlockList *list = NULL;
  VixError result = CALL(QueryAllocatedBlocks)(handle, 0, 1024, 128, &list);
  for (uint32_t i = 0; list != NULL && i < list->numBlocks; i++) {
    printf("block %d+%d\n", (int)list->blocks[i].offset, (int)list->blocks[i].length);
  }
  return list == NULL ? result : CALL(FreeBlockList)(list);
}

static VixError info(void) {
  VixDiskLibInfo *found = NULL;
  VixError result = CALL(GetInfo)(handle, &found);
  if (result == VIX_OK) {
    printf("capacity %d logical %x\n", (int)found->capacity, found->logicalSectorSize);
    CALL(FreeInfo)(found);
  }
  return result;
}

static const char *opened;

static void *open_once(void *unused) {
  VixDiskLibHandle another;
  (void)unused;
  CALL(Open)(connection, opened, 0, &another);
  return NULL;
}

static void *read_once(void *unused) {
  (void)unused;
  CALL(Read)(handle, 0, SECTORS, buffer);
  return NULL;
}

/* The same call on two threads at a time, which VDDK forbids. */
static void twice(void *(*call)(void *)) {
  pthread_t other;
  pthread_create(&other, NULL, call, NULL);
  call(NULL);
  pthread_join(other, NULL);
}

static VixError step(const char *name, const char *disk) {
  if (strcmp(name, "init") == 0) {
    return CALL(InitEx)(6, 5, show, show, show, NULL, NULL);
  } else if (strcmp(name, "init67") == 0) {
    return CALL(InitEx)(6, 7, show, show, show, NULL, NULL);
  } else if (strcmp(name, "initnull") == 0) {
    return CALL(InitEx)(6, 5, NULL, NULL, NULL, NULL, NULL);
  } else if (strcmp(name, "modes") == 0) {
    printf("modes %s\n", CALL(ListTransportModes)());
  } else if (strcmp(name, "exit") == 0) {
    CALL(Exit)();
  } else if (strcmp(name, "connect") == 0) {
    params = CALL(AllocateConnectParams)();
    return CALL(ConnectEx)(params, 0, NULL, NULL, &connection);
  } else if (strcmp(name, "disconnect") == 0) {
    CALL(FreeConnectParams)(params);
    return CALL(Disconnect)(connection);
  } else if (strcmp(name, "open") == 0) {
    return CALL(Open)(connection, disk, 0, &handle);
  } else if (strcmp(name, "close") == 0) {
    return CALL(Close)(handle);
  } else if (strcmp(name, "read") == 0) {
    return CALL(Read)(handle, 0, SECTORS, buffer);
  } else if (strcmp(name, "write") == 0) {
    memset(buffer, 'w', SIZE);
    return CALL(Write)(handle, SECTORS, SECTORS, buffer);
  } else if (strcmp(name, "readasync") == 0) {
    return CALL(ReadAsync)(handle, 0, SECTORS, buffer, done, "x");
  } else if (strcmp(name, "spoil") == 0) {
    memset(buffer, 0, SIZE);
  } else if (strcmp(name, "unmap") == 0) {
    munmap(buffer, SIZE);
  } else if (strcmp(name, "2reads") == 0) {
    twice(read_once);
  } else if (strcmp(name, "2opens") == 0) {
    opened = disk;
    twice(open_once);
  } else if (strcmp(name, "wait") == 0) {
    return CALL(Wait)(handle);
  } else if (strcmp(name, "query") == 0) {
    return query();
  } else if (strcmp(name, "info") == 0) {
    return info();
  } else {
    printf("unknown step %s\n", name);
    exit(4);
  }
  return VIX_OK;
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  library = argc < 3 ? NULL : dlopen(argv[1], RTLD_NOW);
  if (library == NULL) {
    printf("cannot load: %s\n", dlerror());
    return 2;
  }
  buffer = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 3; i < argc; i++) {
    VixError result = step(argv[i], argv[2]);
    printf("%s %d\n", argv[i], (int)VIX_ERROR_CODE(result));
  }
  return 0;
}
