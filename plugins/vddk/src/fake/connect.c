/* Connect parameters and connections: what a server would check is checked against the control file. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fake.h"

/* What the library keeps in the state field of the parameters that it allocates. */
static const char STATE[] = "fake state";

VixDiskLibConnectParams *VixDiskLib_AllocateConnectParams(void) {
  struct call c;
  call_begin(&c, "AllocateConnectParams");
  VixDiskLibConnectParams *params = NULL;
  if (call_enter(&c) == VIX_OK) {
    params = calloc(1, sizeof *params);
    params->state = (void *)STATE;
    arg_number(&c, "params", ledger_add(CONNECT_PARAMS, params));
  }
  call_end(&c, VIX_OK);
  return params;
}

void VixDiskLib_FreeConnectParams(VixDiskLibConnectParams *params) {
  struct call c;
  call_begin(&c, "FreeConnectParams");
  if (ledger_remove(CONNECT_PARAMS, params, c.name)) {
    free(params);
  }
  call_end(&c, VIX_OK);
}

static void arg_params(struct call *c, const VixDiskLibConnectParams *p) {
  arg_text(c, "vmxSpec", p->vmxSpec);
  arg_text(c, "serverName", p->serverName);
  arg_text(c, "thumbPrint", p->thumbPrint);
  arg_number(c, "privateUse", p->privateUse);
  arg_number(c, "credType", p->credType);
  if (p->credType == VIXDISKLIB_CRED_UID) {
    arg_text(c, "uid.userName", p->creds.uid.userName);
    arg_text(c, "uid.password", p->creds.uid.password);
  } else if (p->credType == VIXDISKLIB_CRED_SESSIONID) {
    arg_text(c, "sessionId.cookie", p->creds.sessionId.cookie);
    arg_text(c, "sessionId.userName", p->creds.sessionId.userName);
    arg_text(c, "sessionId.key", p->creds.sessionId.key);
  }
  arg_number(c, "port", p->port);
  arg_number(c, "nfcHostPort", p->nfcHostPort);
  arg_text(c, "vimApiVer", p->vimApiVer);
  arg_number(c, "specType", p->specType);
}

static void check_params(const VixDiskLibConnectParams *p, const char *call) {
  static const char zeros[8];
  ledger_find(CONNECT_PARAMS, p, call);
  if (p->state != STATE) {
    trace_failure("%s: the state field of the connect parameters was overwritten", call);
  }
  if (memcmp(p->reserved, zeros, sizeof zeros) != 0) {
    trace_failure("%s: the reserved field of the connect parameters is not zero", call);
  }
}

/* True when the control file names no such value, or this one. */
static bool agrees(const char *key, const char *value) {
  char wanted[256];
  return !control_text(key, wanted, sizeof wanted) || (value != NULL && strcmp(wanted, value) == 0);
}

static bool login_agrees(const VixDiskLibConnectParams *p) {
  if (p->credType == VIXDISKLIB_CRED_SESSIONID) {
    return agrees("login.cookie", p->creds.sessionId.cookie);
  }
  return agrees("login.user", p->creds.uid.userName) &&
         agrees("login.password", p->creds.uid.password);
}

static VixError check_remote(const VixDiskLibConnectParams *p) {
  if (p->vmxSpec == NULL || (p->credType != VIXDISKLIB_CRED_UID &&
                             p->credType != VIXDISKLIB_CRED_SESSIONID)) {
    return VIX_E_INVALID_ARG;
  }
  if (!agrees("server", p->serverName)) {
    log_warn("VixDiskLibVim: Not able to connect to %s\n", p->serverName);
    return VIX_E_CANNOT_CONNECT;
  }
  if (!login_agrees(p)) {
    log_warn("VixDiskLibVim: Login failure. Cannot complete login due to an incorrect user name or "
             "password.\n");
    return VIX_E_CANNOT_CONNECT;
  }
  return VIX_OK;
}

/* VDDK 8 and later look at the host's SCSI disks when SAN is among the transports, and may crash there. */
static void san_scan(const char *transports) {
  if (FAKE_MAJOR >= 8 && control_flag("san.crash") &&
      (transports == NULL || transports[0] == 0 || strstr(transports, "san") != NULL)) {
    trace_line("crash=san-scan");
    *(volatile int *)8 = 1;
  }
}

VixError VixDiskLib_ConnectEx(const VixDiskLibConnectParams *params, char readOnly,
                              const char *snapshotRef, const char *transportModes,
                              VixDiskLibConnection *connection) {
  struct call c;
  call_begin(&c, "ConnectEx");
  exclusive_begin(c.name);
  check_params(params, c.name);
  arg_params(&c, params);
  arg_number(&c, "readOnly", readOnly);
  arg_text(&c, "snapshotRef", snapshotRef);
  arg_text(&c, "transportModes", transportModes);
  VixError result = call_enter(&c);
  if (result == VIX_OK && params->serverName != NULL) {
    san_scan(transportModes);
    result = check_remote(params);
  }
  if (result == VIX_OK) {
    struct fake_connection *made = calloc(1, sizeof *made);
    char thumbprint[128];
    made->remote = params->serverName != NULL;
    made->readonly = readOnly != 0;
    pthread_mutex_init(&made->lock, NULL);
    snprintf(made->snapshot, sizeof made->snapshot, "%s", snapshotRef != NULL ? snapshotRef : "");
    snprintf(made->transports, sizeof made->transports, "%s",
             transportModes != NULL ? transportModes : "");
    snprintf(made->thumbprint, sizeof made->thumbprint, "%s",
             params->thumbPrint != NULL ? params->thumbPrint : "");
    made->thumbprint_wrong = made->remote &&
                             control_text("thumbprint", thumbprint, sizeof thumbprint) &&
                             strcasecmp(thumbprint, made->thumbprint) != 0;
    made->id = ledger_add(CONNECTION, made);
    *connection = made;
    arg_number(&c, "connection", made->id);
  }
  exclusive_end();
  return call_end(&c, result);
}

VixError VixDiskLib_Disconnect(VixDiskLibConnection connection) {
  struct call c;
  call_begin(&c, "Disconnect");
  exclusive_begin(c.name);
  uint32_t id = ledger_find(CONNECTION, connection, c.name);
  arg_number(&c, "connection", id);
  VixError result = call_enter(&c);
  if (id != 0 && ledger_remove(CONNECTION, connection, c.name)) {
    if (connection->handles > 0) {
      trace_failure("Disconnect with %d handles open", connection->handles);
    }
    pthread_mutex_destroy(&connection->lock);
    free(connection);
  } else {
    result = VIX_E_INVALID_ARG;
  }
  exclusive_end();
  return call_end(&c, result);
}

static VixError access_call(const char *name, const VixDiskLibConnectParams *params,
                            const char *identity) {
  struct call c;
  call_begin(&c, name);
  check_params(params, c.name);
  arg_params(&c, params);
  arg_text(&c, "identity", identity);
  return call_end(&c, call_enter(&c));
}

VixError VixDiskLib_PrepareForAccess(const VixDiskLibConnectParams *params, const char *identity) {
  return access_call("PrepareForAccess", params, identity);
}

VixError VixDiskLib_EndAccess(const VixDiskLibConnectParams *params, const char *identity) {
  return access_call("EndAccess", params, identity);
}
