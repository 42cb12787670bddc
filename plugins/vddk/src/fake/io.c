/* Synchronous reading and writing, the server's memory, the shared link, and the connection that is cut. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the two below */
static int64_t in_flight;
static uint64_t link_free_at;
static int cuts;

VixError check_range(VixDiskLibHandle handle, bool write, uint64_t start, uint64_t sectors) {
  if (write && handle->readonly) {
    return VIX_E_FILE_READ_ONLY;
  }
  if (start > handle->sectors || sectors > handle->sectors - start) {
    return VIX_E_DISK_OUTOFRANGE;
  }
  return VIX_OK;
}

bool nfc_take(int64_t bytes) {
  int64_t memory = control_number("nfc.memory", INT64_MAX);
  pthread_mutex_lock(&lock);
  bool fits = bytes <= memory && in_flight <= memory - bytes;
  in_flight += bytes;
  pthread_mutex_unlock(&lock);
  if (!fits) {
    log_warn("[NFC ERROR] NfcFssrvrProcessErrorMsg: received NFC error %d from server: Failed to "
             "allocate the requested %lld bytes\n", 5, (long long)bytes + 24);
  }
  return fits;
}

void nfc_give(int64_t bytes) {
  pthread_mutex_lock(&lock);
  in_flight -= bytes;
  pthread_mutex_unlock(&lock);
}

int64_t transfer_micros(const char *call, int64_t bytes) {
  int64_t latency = control_number_of("latency", call, 0);
  int64_t per_mib = control_number("latency.mib", 0);
  if (per_mib == 0) {
    return latency;
  }
  uint64_t now = now_micros();
  pthread_mutex_lock(&lock);
  if (link_free_at < now) {
    link_free_at = now;
  }
  link_free_at += (uint64_t)(bytes * per_mib >> 20);
  uint64_t free_at = link_free_at;
  pthread_mutex_unlock(&lock);
  return (int64_t)(free_at - now) + latency;
}

bool connection_gone(VixDiskLibConnection connection) {
  return control_number("cut.connection", 0) == connection->id;
}

/* Counts what the connection moved, and cuts it where the control file says. */
static bool connection_lives(VixDiskLibConnection connection, int64_t bytes) {
  int64_t limit = control_number("disconnect.after", 0);
  pthread_mutex_lock(&connection->lock);
  connection->bytes_moved += bytes;
  if (limit > 0 && connection->bytes_moved > limit && !connection->cut) {
    pthread_mutex_lock(&lock);
    if (cuts < control_number("disconnect.times", 1)) {
      cuts++;
      connection->cut = true;
    }
    pthread_mutex_unlock(&lock);
    if (connection->cut) {
      trace_line("cut connection=%u after=%lld", connection->id, (long long)connection->bytes_moved);
      log_warn("[NFC ERROR] NfcNetTcpRead: bRead: %d\n", -1);
    }
  }
  bool lives = !connection->cut && !connection_gone(connection);
  pthread_mutex_unlock(&connection->lock);
  return lives;
}

VixError move_data(VixDiskLibHandle handle, bool write, uint64_t start, uint64_t sectors, uint8_t *buf) {
  size_t left = sectors * VIXDISKLIB_SECTOR_SIZE;
  off_t at = (off_t)(start * VIXDISKLIB_SECTOR_SIZE);
  if (!connection_lives(handle->connection, (int64_t)left)) {
    return VIX_E_HOST_CONNECTION_LOST;
  }
  while (left > 0) {
    ssize_t moved = write ? pwrite(handle->fd, buf, left, at) : pread(handle->fd, buf, left, at);
    if (moved < 0 && errno == EINTR) {
      continue;
    }
    if (moved < 0 && errno == EFAULT) {
      trace_failure("%s memory that is not there: handle=%u start=%llu sectors=%llu",
                    write ? "write from" : "read into", handle->id, (unsigned long long)start,
                    (unsigned long long)sectors);
    }
    if (moved <= 0) {
      return moved < 0 && errno == ENOSPC ? VIX_E_DISK_FULL : VIX_E_FILE_ERROR;
    }
    buf += moved;
    at += moved;
    left -= (size_t)moved;
  }
  return VIX_OK;
}

static VixError transfer(const char *name, bool write, VixDiskLibHandle handle, uint64_t start,
                         uint64_t sectors, uint8_t *buf) {
  struct call c;
  call_begin(&c, name);
  uint32_t id = arg_handle(&c, handle);
  arg_range(&c, start, sectors);
  if (id == 0) {
    return call_end(&c, VIX_E_INVALID_ARG);
  }
  int64_t bytes = (int64_t)sectors * VIXDISKLIB_SECTOR_SIZE;
  handle_begin(handle, c.name);
  int64_t latency = transfer_micros(name, bytes) - control_number_of("latency", name, 0);
  VixError result = call_enter(&c);
  sleep_micros(latency);
  if (result == VIX_OK) {
    result = check_range(handle, write, start, sectors);
  }
  if (result == VIX_OK) {
    result = nfc_take(bytes) ? move_data(handle, write, start, sectors, buf) : VIX_E_OUT_OF_MEMORY;
    nfc_give(bytes);
  }
  handle_end(handle);
  return call_end(&c, result);
}

VixError VixDiskLib_Read(VixDiskLibHandle handle, VixDiskLibSectorType start,
                         VixDiskLibSectorType sectors, uint8_t *buf) {
  return transfer("Read", false, handle, start, sectors, buf);
}

VixError VixDiskLib_Write(VixDiskLibHandle handle, VixDiskLibSectorType start,
                          VixDiskLibSectorType sectors, const uint8_t *buf) {
  return transfer("Write", true, handle, start, sectors, (uint8_t *)buf);
}

VixError VixDiskLib_Flush(VixDiskLibHandle handle) {
  struct call c;
  call_begin(&c, "Flush");
  uint32_t id = arg_handle(&c, handle);
  VixError result = id == 0 ? VIX_E_INVALID_ARG : VIX_OK;
  if (id != 0) {
    handle_begin(handle, c.name);
    result = call_enter(&c);
    if (result == VIX_OK && fdatasync(handle->fd) != 0) {
      result = VIX_E_FILE_ERROR;
    }
    handle_end(handle);
  }
  return call_end(&c, result);
}
