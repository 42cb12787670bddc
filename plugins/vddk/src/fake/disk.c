/* Handles: opening, creating and describing a disk. Every path leads to a raw file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake.h"

static VixError from_errno(void) {
  switch (errno) {
    case ENOENT:
      return VIX_E_FILE_NOT_FOUND;
    case EEXIST:
      return VIX_E_FILE_ALREADY_EXISTS;
    case ENOSPC:
      return VIX_E_DISK_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
      return VIX_E_FILE_ACCESS_ERROR;
    default:
      return VIX_E_FILE_ERROR;
  }
}

/* "[store] vm/vm.vmdk" becomes <datastore.dir>/store/vm/vm.vmdk; a local path stays as it is. */
static VixError raw_path(const VixDiskLibConnection connection, const char *path, char *out, size_t size) {
  char folder[PATH_MAX / 2];
  if (control_text("disk", out, size)) {
    return VIX_OK;
  }
  if (!connection->remote) {
    snprintf(out, size, "%s", path);
    return path[0] == '/' ? VIX_OK : VIX_E_FILE_NOT_FOUND;
  }
  const char *end = strstr(path, "] ");
  if (path[0] != '[' || end == NULL || !control_text("datastore.dir", folder, sizeof folder)) {
    return VIX_E_FILE_NOT_FOUND;
  }
  snprintf(out, size, "%s/%.*s/%s", folder, (int)(end - path - 1), path + 1, end + 2);
  return VIX_OK;
}

/* What a server refuses at Open, whatever the disk. */
static VixError refusal(VixDiskLibConnection connection, const char *path) {
  if (connection->thumbprint_wrong) {
    char actual[128];
    control_text("thumbprint", actual, sizeof actual);
    log_info("VixDiskLibVim: Failed to verify SSL certificate: actual thumbprint=%s expected=%s\n",
             actual, connection->thumbprint);
    log_info("VixDiskLib: VixDiskLib_OpenEx: Cannot open disk %s. Error %d (%s) at %d.\n", path, 1,
             "Unknown error", 5244);
    return VIX_E_FAIL;
  }
  if (control_flag("independent")) {
    log_info("GetFileName: Cannot create disk spec for disk %s.\n", path);
    log_info("Error occurred when obtaining the file name for %s.\n", path);
    return VIX_E_FAIL;
  }
  if (control_flag("vm.running") && connection->snapshot[0] == 0) {
    log_info("DISKLIB-LIB   : Failed to open '%s' with flags 0x%x: %s (%d).\n", path, 0xau,
             "Insufficient permission to access file", 13);
    return VIX_E_FILE_ACCESS_ERROR;
  }
  if (control_flag("locked")) {
    log_info("DISKLIB-LIB   : Failed to open '%s': Failed to lock the file (%u).\n", path, 16392u);
    return VIX_E_FILE_LOCKED;
  }
  return VIX_OK;
}

/* A writable local disk is locked with a folder beside it. */
static VixError take_lock(VixDiskLibHandle handle, const char *raw) {
  if (handle->readonly || handle->connection->remote || control_is("lock", "false")) {
    return VIX_OK;
  }
  snprintf(handle->lockdir, sizeof handle->lockdir, "%.4080s.lck", raw);
  if (control_flag("lock.fail") || (mkdir(handle->lockdir, 0755) != 0 && errno != EEXIST)) {
    log_warn("FILE: FileLockCreateEntryDirectory creation failure on '%s': %s\n", handle->lockdir,
             strerror(EACCES));
    handle->lockdir[0] = 0;
    return VIX_E_FILE_ACCESS_ERROR;
  }
  return VIX_OK;
}

static void release(VixDiskLibHandle handle) {
  if (handle->fd >= 0) {
    close(handle->fd);
  }
  if (handle->lockdir[0] != 0) {
    rmdir(handle->lockdir);
  }
  pthread_mutex_destroy(&handle->call_lock);
  pthread_mutex_destroy(&handle->lock);
  pthread_cond_destroy(&handle->idle);
  free(handle);
}

static VixError open_raw(VixDiskLibHandle handle, const char *path) {
  char raw[PATH_MAX];
  struct stat st;
  VixError result = raw_path(handle->connection, path, raw, sizeof raw);
  if (result == VIX_OK) {
    result = take_lock(handle, raw);
  }
  if (result != VIX_OK) {
    return result;
  }
  handle->fd = open(raw, (handle->readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  if (handle->fd < 0 || fstat(handle->fd, &st) != 0) {
    result = from_errno();
    log_info("DISKLIB-LIB   : Failed to open '%s' with flags 0x%x: %s.\n", path, 0xau, strerror(errno));
    return result;
  }
  handle->sectors = (uint64_t)st.st_size / VIXDISKLIB_SECTOR_SIZE;
  log_info("DISKLIB-LINK  : Opened '%s' (0x%x): %s, %llu sectors / %llu MB.\n", path,
           handle->readonly ? 0xeu : 0xau, "monolithicFlat", (unsigned long long)handle->sectors,
           (unsigned long long)(handle->sectors / 2048));
  return VIX_OK;
}

VixError VixDiskLib_Open(VixDiskLibConnection connection, const char *path, uint32_t flags,
                         VixDiskLibHandle *out) {
  struct call c;
  call_begin(&c, "Open");
  exclusive_begin(c.name);
  uint32_t id = ledger_find(CONNECTION, connection, c.name);
  arg_number(&c, "connection", id);
  arg_text(&c, "path", path);
  arg_number(&c, "flags", flags);
  VixError result = call_enter(&c);
  log_at_open();
  if (result == VIX_OK) {
    result = id == 0 ? VIX_E_INVALID_ARG : refusal(connection, path);
  }
  if (result == VIX_OK) {
    VixDiskLibHandle handle = calloc(1, sizeof *handle);
    handle->connection = connection;
    handle->fd = -1;
    handle->readonly = connection->readonly || (flags & VIXDISKLIB_FLAG_OPEN_READ_ONLY) != 0;
    pthread_mutex_init(&handle->call_lock, NULL);
    pthread_mutex_init(&handle->lock, NULL);
    pthread_cond_init(&handle->idle, NULL);
    result = open_raw(handle, path);
    if (result == VIX_OK) {
      handle->id = ledger_add(HANDLE, handle);
      connection->handles++;
      arg_number(&c, "handle", handle->id);
      *out = handle;
    } else {
      release(handle);
    }
  }
  exclusive_end();
  return call_end(&c, result);
}

VixError VixDiskLib_Close(VixDiskLibHandle handle) {
  struct call c;
  call_begin(&c, "Close");
  exclusive_begin(c.name);
  uint32_t id = arg_handle(&c, handle);
  VixError result = VIX_E_INVALID_ARG;
  if (id != 0) {
    handle_begin(handle, c.name);
    result = call_enter(&c);
    pthread_mutex_lock(&handle->lock);
    int pending = handle->pending;
    pthread_mutex_unlock(&handle->lock);
    if (pending > 0) {
      trace_failure("Close with %d calls in flight on handle %u", pending, id);
    }
    async_finish(handle);
    handle_end(handle);
    ledger_remove(HANDLE, handle, c.name);
    handle->connection->handles--;
    release(handle);
  }
  exclusive_end();
  return call_end(&c, result);
}

void handle_begin(VixDiskLibHandle handle, const char *call) {
  pthread_mutex_lock(&handle->call_lock);
  if (handle->busy_depth++ > 0) {
    trace_failure("%s called during %s on handle %u", call, handle->busy_call, handle->id);
  }
  handle->busy_call = call;
  pthread_mutex_unlock(&handle->call_lock);
}

void handle_end(VixDiskLibHandle handle) {
  pthread_mutex_lock(&handle->call_lock);
  handle->busy_depth--;
  pthread_mutex_unlock(&handle->call_lock);
}

VixError VixDiskLib_Create(VixDiskLibConnection connection, const char *path,
                           const VixDiskLibCreateParams *params, VixDiskLibProgressFunc *progress,
                           void *data) {
  struct call c;
  call_begin(&c, "Create");
  lifecycle_check(c.name);
  uint32_t id = ledger_find(CONNECTION, connection, c.name);
  arg_number(&c, "connection", id);
  arg_text(&c, "path", path);
  arg_number(&c, "diskType", params->diskType);
  arg_number(&c, "adapterType", params->adapterType);
  arg_number(&c, "hwVersion", params->hwVersion);
  arg_number(&c, "capacity", (int64_t)params->capacity);
  arg_number(&c, "logicalSectorSize", params->logicalSectorSize);
  arg_number(&c, "physicalSectorSize", params->physicalSectorSize);
  arg_pointer(&c, "progress", progress != NULL);
  VixError result = call_enter(&c);
  if (result == VIX_OK && (id == 0 || connection->remote)) {
    result = VIX_E_NOT_SUPPORTED;
  }
  if (result == VIX_OK) {
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || ftruncate(fd, (off_t)(params->capacity * VIXDISKLIB_SECTOR_SIZE)) != 0) {
      result = from_errno();
    }
    if (fd >= 0) {
      close(fd);
    }
  }
  for (int percent = 0; progress != NULL && result == VIX_OK && percent <= 100; percent += 50) {
    progress(data, percent);
  }
  return call_end(&c, result);
}

const char *VixDiskLib_GetTransportMode(VixDiskLibHandle handle) {
  static __thread char mode[128];
  struct call c;
  call_begin(&c, "GetTransportMode");
  uint32_t id = arg_handle(&c, handle);
  snprintf(mode, sizeof mode, "%s", id != 0 && handle->connection->remote ? "nbdssl" : "file");
  control_text("transport", mode, sizeof mode);
  arg_text(&c, "mode", mode);
  call_end(&c, VIX_OK);
  return mode;
}

/*
 * Before 7.0 the structure ends eight bytes earlier. What lies behind it is poison: sector sizes that are
 * wrong, or with info.guard=true a page that may not be read at all.
 */
#define INFO_SIZE (FAKE_MAJOR >= 7 ? sizeof(VixDiskLibInfo) : offsetof(VixDiskLibInfo, logicalSectorSize))

static VixDiskLibInfo *allocate_info(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uint8_t *base =
      mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(base, 0xdb, 2 * page);
  /* Plausible as a sector size, and wrong. */
  *(uint32_t *)(void *)(base + page) = 1 << 24;
  *(uint32_t *)(void *)(base + page + 4) = 1 << 24;
  if (control_flag("info.guard")) {
    mprotect(base + page, page, PROT_NONE);
  }
  uint8_t *at = base + page - INFO_SIZE;
  memset(at, 0, INFO_SIZE);
  return (VixDiskLibInfo *)(void *)at;
}

VixError VixDiskLib_GetInfo(VixDiskLibHandle handle, VixDiskLibInfo **out) {
  static char parent[] = "parent.vmdk";
  static char uuid[] = "60 00 C2 9a 11 22 33 44-55 66 77 88 99 aa bb cc";
  struct call c;
  call_begin(&c, "GetInfo");
  uint32_t id = arg_handle(&c, handle);
  if (id == 0) {
    return call_end(&c, VIX_E_INVALID_ARG);
  }
  handle_begin(handle, c.name);
  VixError result = call_enter(&c);
  if (result == VIX_OK) {
    VixDiskLibInfo *info = allocate_info();
    info->biosGeo = (VixDiskLibGeometry){(uint32_t)(handle->sectors / (255 * 63)), 255, 63};
    info->physGeo = (VixDiskLibGeometry){(uint32_t)(handle->sectors / (16 * 63)), 16, 63};
    info->capacity = handle->sectors;
    info->adapterType = (uint32_t)control_number("adapter", 3);
    info->numLinks = (int)control_number("links", 1);
    info->parentFileNameHint = info->numLinks > 1 ? parent : NULL;
    info->uuid = uuid;
#if FAKE_MAJOR >= 7
    info->logicalSectorSize = (uint32_t)control_number("sector.logical", 512);
    info->physicalSectorSize = (uint32_t)control_number("sector.physical", 512);
#endif
    arg_number(&c, "info", ledger_add(INFO, info));
    arg_number(&c, "capacity", (int64_t)info->capacity);
    *out = info;
  }
  handle_end(handle);
  return call_end(&c, result);
}

void VixDiskLib_FreeInfo(VixDiskLibInfo *info) {
  struct call c;
  call_begin(&c, "FreeInfo");
  if (ledger_remove(INFO, info, c.name)) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    munmap((uint8_t *)info + INFO_SIZE - page, 2 * page);
  }
  call_end(&c, VIX_OK);
}
