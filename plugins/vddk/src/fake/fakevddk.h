/*
 * The part of the VDDK C API that programs use, on Linux x86-64: structures, constants, prototypes.
 *
 * Written from the published facts of the API (names, offsets, values), not from VMware's header, which is
 * proprietary. The Java side's structure constants are checked against these definitions by layout.c.
 */
#ifndef FAKEVDDK_H
#define FAKEVDDK_H

#include <stdarg.h>
#include <stdint.h>

typedef uint64_t VixError;
typedef uint64_t VixDiskLibSectorType;

/* The code of an error is its low 16 bits. */
#define VIX_ERROR_CODE(err) ((err) & 0xffff)

enum {
  VIX_OK = 0,
  VIX_E_FAIL = 1,
  VIX_E_OUT_OF_MEMORY = 2,
  VIX_E_INVALID_ARG = 3,
  VIX_E_FILE_NOT_FOUND = 4,
  VIX_E_NOT_SUPPORTED = 6,
  VIX_E_FILE_ERROR = 7,
  VIX_E_DISK_FULL = 8,
  VIX_E_CANCELLED = 10,
  VIX_E_FILE_READ_ONLY = 11,
  VIX_E_FILE_ALREADY_EXISTS = 12,
  VIX_E_FILE_ACCESS_ERROR = 13,
  VIX_E_FILE_LOCKED = 15,
  VIX_E_HOST_CONNECTION_LOST = 36,
  VIX_E_DISK_OUTOFRANGE = 16007,
  VIX_E_CANNOT_CONNECT = 18000,
  VIX_ASYNC = 25000
};

#define VIXDISKLIB_SECTOR_SIZE 512
#define VIXDISKLIB_MIN_CHUNK_SIZE 128
#define VIXDISKLIB_MAX_CHUNK_NUMBER (512 * 1024)

enum {
  VIXDISKLIB_FLAG_OPEN_UNBUFFERED = 1,
  VIXDISKLIB_FLAG_OPEN_SINGLE_LINK = 2,
  VIXDISKLIB_FLAG_OPEN_READ_ONLY = 4,
  VIXDISKLIB_FLAG_OPEN_COMPRESSION_ZLIB = 16,
  VIXDISKLIB_FLAG_OPEN_COMPRESSION_FASTLZ = 32,
  VIXDISKLIB_FLAG_OPEN_COMPRESSION_SKIPZ = 64
};

enum {
  VIXDISKLIB_CRED_UID = 1,
  VIXDISKLIB_CRED_SESSIONID = 2,
  VIXDISKLIB_CRED_TICKETID = 3,
  VIXDISKLIB_CRED_SSPI = 4
};

enum { VIXDISKLIB_SPEC_VMX = 0, VIXDISKLIB_SPEC_VSTORAGE_OBJECT = 1 };

typedef struct {
  char *vmxSpec;
  char *serverName;
  char *thumbPrint;
  long privateUse;
  uint32_t credType;
  union {
    struct {
      char *userName;
      char *password;
    } uid;
    struct {
      char *cookie;
      char *userName;
      char *key;
    } sessionId;
  } creds;
  uint32_t port;
  uint32_t nfcHostPort;
  char *vimApiVer;
  char reserved[8];
  void *state;
  union {
    struct {
      char *id;
      char *datastoreMoRef;
      char *ssId;
    } vStorageObjSpec;
  } spec;
  uint32_t specType;
} VixDiskLibConnectParams;

typedef struct {
  uint32_t cylinders;
  uint32_t heads;
  uint32_t sectors;
} VixDiskLibGeometry;

typedef struct {
  VixDiskLibGeometry biosGeo;
  VixDiskLibGeometry physGeo;
  VixDiskLibSectorType capacity;
  uint32_t adapterType;
  int numLinks;
  char *parentFileNameHint;
  char *uuid;
  /* The last two exist from VDDK 7.0 only. */
  uint32_t logicalSectorSize;
  uint32_t physicalSectorSize;
} VixDiskLibInfo;

typedef struct {
  uint32_t diskType;
  uint32_t adapterType;
  uint16_t hwVersion;
  VixDiskLibSectorType capacity;
  uint32_t logicalSectorSize;
  uint32_t physicalSectorSize;
} VixDiskLibCreateParams;

typedef struct {
  VixDiskLibSectorType offset;
  VixDiskLibSectorType length;
} VixDiskLibBlock;

typedef struct {
  uint32_t numBlocks;
  VixDiskLibBlock blocks[1];
} VixDiskLibBlockList;

typedef struct fake_connection *VixDiskLibConnection;
typedef struct fake_handle *VixDiskLibHandle;

typedef void VixDiskLibLogFunc(const char *fmt, va_list args);
typedef void VixDiskLibCompletionCB(void *data, VixError result);
typedef char VixDiskLibProgressFunc(void *data, int percent);

#define FAKE_API __attribute__((visibility("default")))

FAKE_API VixError VixDiskLib_InitEx(uint32_t major, uint32_t minor, VixDiskLibLogFunc *log,
                                    VixDiskLibLogFunc *warn, VixDiskLibLogFunc *panic,
                                    const char *libDir, const char *configFile);
FAKE_API void VixDiskLib_Exit(void);
FAKE_API const char *VixDiskLib_ListTransportModes(void);
FAKE_API char *VixDiskLib_GetErrorText(VixError err, const char *locale);
FAKE_API void VixDiskLib_FreeErrorText(char *text);

FAKE_API VixDiskLibConnectParams *VixDiskLib_AllocateConnectParams(void);
FAKE_API void VixDiskLib_FreeConnectParams(VixDiskLibConnectParams *params);
FAKE_API VixError VixDiskLib_ConnectEx(const VixDiskLibConnectParams *params, char readOnly,
                                       const char *snapshotRef, const char *transportModes,
                                       VixDiskLibConnection *connection);
FAKE_API VixError VixDiskLib_Disconnect(VixDiskLibConnection connection);
FAKE_API VixError VixDiskLib_PrepareForAccess(const VixDiskLibConnectParams *params,
                                              const char *identity);
FAKE_API VixError VixDiskLib_EndAccess(const VixDiskLibConnectParams *params, const char *identity);

FAKE_API VixError VixDiskLib_Open(VixDiskLibConnection connection, const char *path, uint32_t flags,
                                  VixDiskLibHandle *handle);
FAKE_API VixError VixDiskLib_Close(VixDiskLibHandle handle);
FAKE_API VixError VixDiskLib_Create(VixDiskLibConnection connection, const char *path,
                                    const VixDiskLibCreateParams *params,
                                    VixDiskLibProgressFunc *progress, void *data);
FAKE_API const char *VixDiskLib_GetTransportMode(VixDiskLibHandle handle);
FAKE_API VixError VixDiskLib_GetInfo(VixDiskLibHandle handle, VixDiskLibInfo **info);
FAKE_API void VixDiskLib_FreeInfo(VixDiskLibInfo *info);

FAKE_API VixError VixDiskLib_Read(VixDiskLibHandle handle, VixDiskLibSectorType start,
                                  VixDiskLibSectorType sectors, uint8_t *buf);
FAKE_API VixError VixDiskLib_Write(VixDiskLibHandle handle, VixDiskLibSectorType start,
                                   VixDiskLibSectorType sectors, const uint8_t *buf);
FAKE_API VixError VixDiskLib_Flush(VixDiskLibHandle handle);
FAKE_API VixError VixDiskLib_ReadAsync(VixDiskLibHandle handle, VixDiskLibSectorType start,
                                       VixDiskLibSectorType sectors, uint8_t *buf,
                                       VixDiskLibCompletionCB *callback, void *data);
FAKE_API VixError VixDiskLib_WriteAsync(VixDiskLibHandle handle, VixDiskLibSectorType start,
                                        VixDiskLibSectorType sectors, const uint8_t *buf,
                                        VixDiskLibCompletionCB *callback, void *data);
FAKE_API VixError VixDiskLib_Wait(VixDiskLibHandle handle);

FAKE_API VixError VixDiskLib_QueryAllocatedBlocks(VixDiskLibHandle handle, VixDiskLibSectorType start,
                                                  VixDiskLibSectorType sectors,
                                                  VixDiskLibSectorType chunk,
                                                  VixDiskLibBlockList **list);
FAKE_API VixError VixDiskLib_FreeBlockList(VixDiskLibBlockList *list);

#endif
