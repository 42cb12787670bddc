/* QueryAllocatedBlocks with the limits of the real one. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

struct found {
  VixDiskLibBlockList *list;
  size_t room;
};

static void add(struct found *found, uint64_t offset, uint64_t length) {
  uint32_t count = found->list == NULL ? 0 : found->list->numBlocks;
  if (count > 0) {
    VixDiskLibBlock *last = &found->list->blocks[count - 1];
    if (last->offset + last->length >= offset) {
      last->length = offset + length - last->offset;
      return;
    }
  }
  if (count == found->room) {
    found->room = found->room == 0 ? 64 : found->room * 2;
    found->list = realloc(found->list, offsetof(VixDiskLibBlockList, blocks) +
                                           found->room * sizeof(VixDiskLibBlock));
  }
  found->list->blocks[count] = (VixDiskLibBlock){offset, length};
  found->list->numBlocks = count + 1;
}

/* Whole chunks that hold any of the file's data, by SEEK_DATA. */
static void find_by_holes(struct found *found, VixDiskLibHandle handle, uint64_t start,
                          uint64_t end, uint64_t chunk) {
  uint64_t at = start;
  while (at < end) {
    off_t data = lseek(handle->fd, (off_t)(at * VIXDISKLIB_SECTOR_SIZE), SEEK_DATA);
    if (data < 0) {
      return;
    }
    off_t hole = lseek(handle->fd, data, SEEK_HOLE);
    uint64_t from = (uint64_t)data / VIXDISKLIB_SECTOR_SIZE / chunk * chunk;
    uint64_t to = ((uint64_t)hole + VIXDISKLIB_SECTOR_SIZE - 1) / VIXDISKLIB_SECTOR_SIZE;
    to = (to + chunk - 1) / chunk * chunk;
    if (from >= end) {
      return;
    }
    from = from < at ? at : from;
    to = to > end ? end : to;
    add(found, from, to - from);
    at = to;
  }
}

static bool all_zero(const uint8_t *bytes, size_t size) {
  return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Whole chunks that hold a byte other than zero. */
static void find_by_content(struct found *found, VixDiskLibHandle handle, uint64_t start,
                            uint64_t end, uint64_t chunk) {
  size_t size = chunk * VIXDISKLIB_SECTOR_SIZE;
  uint8_t *bytes = malloc(size);
  for (uint64_t at = start; at < end; at += chunk) {
    memset(bytes, 0, size);
    if (pread(handle->fd, bytes, size, (off_t)(at * VIXDISKLIB_SECTOR_SIZE)) > 0 &&
        !all_zero(bytes, size)) {
      add(found, at, chunk);
    }
  }
  free(bytes);
}

static VixError check(VixDiskLibHandle handle, uint64_t start, uint64_t sectors, uint64_t chunk) {
  if (chunk < VIXDISKLIB_MIN_CHUNK_SIZE || sectors == 0 || start % chunk != 0 ||
      sectors % chunk != 0 || sectors / chunk > VIXDISKLIB_MAX_CHUNK_NUMBER) {
    return VIX_E_INVALID_ARG;
  }
  return check_range(handle, false, start, sectors) == VIX_OK ? VIX_OK : VIX_E_INVALID_ARG;
}

static void hold(VixDiskLibHandle handle, bool held) {
  __atomic_store_n(&handle->held, held, __ATOMIC_RELAXED);
  if (!held) {
    async_wake();
  }
}

VixError VixDiskLib_QueryAllocatedBlocks(VixDiskLibHandle handle, VixDiskLibSectorType start,
                                         VixDiskLibSectorType sectors, VixDiskLibSectorType chunk,
                                         VixDiskLibBlockList **list) {
  struct call c;
  call_begin(&c, "QueryAllocatedBlocks");
  lifecycle_check(c.name);
  uint32_t id = arg_handle(&c, handle);
  arg_range(&c, start, sectors);
  arg_number(&c, "chunk", (int64_t)chunk);
  if (id == 0) {
    return call_end(&c, VIX_E_INVALID_ARG);
  }
  handle_begin(handle, c.name);
  hold(handle, true);
  VixError result = call_enter(&c);
  if (result == VIX_OK && connection_gone(handle->connection)) {
    result = VIX_E_HOST_CONNECTION_LOST;
  }
  if (result == VIX_OK) {
    result = check(handle, start, sectors, chunk);
  }
  if (result == VIX_OK) {
    struct found found = {calloc(1, offsetof(VixDiskLibBlockList, blocks) + sizeof(VixDiskLibBlock)), 1};
    if (control_is("blocks", "all")) {
      add(&found, start, sectors);
    } else if (control_is("blocks", "content")) {
      find_by_content(&found, handle, start, start + sectors, chunk);
    } else if (!control_is("blocks", "none")) {
      find_by_holes(&found, handle, start, start + sectors, chunk);
    }
    arg_number(&c, "list", ledger_add(BLOCK_LIST, found.list));
    arg_number(&c, "blocks", found.list->numBlocks);
    *list = found.list;
  }
  hold(handle, false);
  handle_end(handle);
  return call_end(&c, result);
}

VixError VixDiskLib_FreeBlockList(VixDiskLibBlockList *list) {
  struct call c;
  call_begin(&c, "FreeBlockList");
  if (!ledger_remove(BLOCK_LIST, list, c.name)) {
    return call_end(&c, VIX_E_INVALID_ARG);
  }
  memset(list, 0xdd, sizeof *list);
  free(list);
  return call_end(&c, VIX_OK);
}
