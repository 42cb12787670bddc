/* The life of the library: InitEx, Exit, what it can do, and the texts of its errors. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

#ifdef FAKE_LINKED
/* In a library that has to be found before this one can be loaded. */
extern int fake_crypto_level(void);
#endif

static void *plugin;
static void *by_name;

/*
 * VDDK's own plugin: without it only the simple transports work. It needs another library that lies beside
 * it, which it has no RPATH to find by. Answers what that library answers.
 */
static int load_plugin(const char *libdir) {
  char path[PATH_MAX];
  if (libdir != NULL && libdir[0] != 0) {
    snprintf(path, sizeof path, "%s/lib64/libdiskLibPlugin.so", libdir);
    plugin = dlopen(path, RTLD_NOW);
  }
  trace_line("load name=libdiskLibPlugin.so loaded=%d", plugin != NULL);
  if (plugin == NULL) {
    log_warn("Failed to load libdiskLibPlugin.so : %s. Advanced transport modes are not available.\n",
             libdir == NULL ? "no libDir" : dlerror());
    return 0;
  }
  int (*level)(void) = (int (*)(void))dlsym(plugin, "fake_plugin_level");
  return level();
}

/* An application made for a later version than this one is refused. */
static bool serves(uint32_t major, uint32_t minor) {
  unsigned own_major = 0;
  unsigned own_minor = 0;
  sscanf(FAKE_VERSION, "%u.%u", &own_major, &own_minor);
  return major < own_major || (major == own_major && minor <= own_minor);
}

/* A library that VDDK opens late, by name alone. */
static void load_by_name(void) {
  by_name = dlopen("libvddkByName.so", RTLD_NOW);
  trace_line("load name=libvddkByName.so loaded=%d", by_name != NULL);
  if (by_name == NULL) {
    log_warn("SSL: Failed to load library: %s\n", dlerror());
  }
}

VixError VixDiskLib_InitEx(uint32_t major, uint32_t minor, VixDiskLibLogFunc *log,
                           VixDiskLibLogFunc *warn, VixDiskLibLogFunc *panic, const char *libDir,
                           const char *configFile) {
  struct call c;
  call_begin(&c, "InitEx");
  rules_init();
  arg_number(&c, "major", major);
  arg_number(&c, "minor", minor);
  arg_pointer(&c, "log", log != NULL);
  arg_pointer(&c, "warn", warn != NULL);
  arg_pointer(&c, "panic", panic != NULL);
  arg_text(&c, "libdir", libDir);
  arg_text(&c, "config", configFile);
  arg_text(&c, "version", FAKE_VERSION);
#ifdef FAKE_LINKED
  arg_number(&c, "linked", fake_crypto_level());
#endif
  if (log == NULL || warn == NULL || panic == NULL) {
    trace_failure("InitEx with a NULL logger"); /* which nbdkit's --dump-plugin gets away with */
  }
  logging_set(log, warn, panic);
  VixError result = call_enter(&c);
  if (result == VIX_OK && !serves(major, minor)) {
    result = VIX_E_NOT_SUPPORTED;
  }
  if (result == VIX_OK) {
    log_info("VMware VixDiskLib (%s) Release build-%d\n", FAKE_VERSION, 12345678);
    arg_number(&c, "crypto", load_plugin(libDir));
    load_by_name();
    log_background_start();
  }
  return call_end(&c, result);
}

void VixDiskLib_Exit(void) {
  struct call c;
  call_begin(&c, "Exit");
  call_enter(&c);
  log_background_stop();
  async_stop();
  rules_exit();
  call_end(&c, VIX_OK);
  ledger_report("Exit");
  if (plugin != NULL) {
    dlclose(plugin);
    plugin = NULL;
  }
  if (by_name != NULL) {
    dlclose(by_name);
    by_name = NULL;
  }
}

const char *VixDiskLib_ListTransportModes(void) {
  static char modes[256];
  struct call c;
  call_begin(&c, "ListTransportModes");
  if (!control_text("modes", modes, sizeof modes)) {
    snprintf(modes, sizeof modes, "%s",
             plugin == NULL ? "file:nbd" : "file:san:hotadd:nbdssl:nbd");
  }
  arg_text(&c, "modes", modes);
  call_end(&c, VIX_OK);
  return modes;
}

char *VixDiskLib_GetErrorText(VixError err, const char *locale) {
  struct call c;
  call_begin(&c, "GetErrorText");
  arg_number(&c, "error", (int64_t)err);
  arg_text(&c, "locale", locale);
  char *text = strdup(error_text(err));
  ledger_add(ERROR_TEXT, text);
  call_end(&c, VIX_OK);
  return text;
}

void VixDiskLib_FreeErrorText(char *text) {
  struct call c;
  call_begin(&c, "FreeErrorText");
  if (ledger_remove(ERROR_TEXT, text, c.name)) {
    free(text);
  }
  call_end(&c, VIX_OK);
}
