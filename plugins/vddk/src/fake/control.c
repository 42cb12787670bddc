/*
 * The control file: key=value lines, '#' starts a comment. Found through the environment variable
 * FAKE_VDDK_CONTROL, else as fake.conf beside the library; looked at again on each call and re-read when its
 * time or size changed, so that a test can change the fake's behaviour in the middle of a run.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fake.h"

struct entry {
  char *key;
  char *value;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards everything below */
static struct entry *entries;
static size_t count;
static struct timespec seen_time;
static off_t seen_size = -1;
static ino_t seen_inode;

void beside_library(const char *name, char *out, size_t size) {
  Dl_info info;
  char folder[PATH_MAX];
  if (dladdr((void *)beside_library, &info) == 0 || info.dli_fname == NULL) {
    snprintf(out, size, "%s", name);
    return;
  }
  snprintf(folder, sizeof folder, "%s", info.dli_fname);
  char *slash = strrchr(folder, '/');
  if (slash != NULL) {
    *slash = 0;
  }
  snprintf(out, size, "%s/%s", slash != NULL ? folder : ".", name);
}

static void forget(void) {
  for (size_t i = 0; i < count; i++) {
    free(entries[i].key);
    free(entries[i].value);
  }
  free(entries);
  entries = NULL;
  count = 0;
}

static void add_line(char *line) {
  line[strcspn(line, "\r\n")] = 0;
  char *equals = strchr(line, '=');
  if (line[0] == '#' || equals == NULL) {
    return;
  }
  *equals = 0;
  entries = realloc(entries, (count + 1) * sizeof *entries);
  entries[count].key = strdup(line);
  entries[count].value = strdup(equals + 1);
  count++;
}

void control_refresh(void) {
  char path[PATH_MAX];
  const char *named = getenv("FAKE_VDDK_CONTROL");
  if (named != NULL) {
    snprintf(path, sizeof path, "%s", named);
  } else {
    beside_library("fake.conf", path, sizeof path);
  }
  struct stat st;
  pthread_mutex_lock(&lock);
  if (stat(path, &st) != 0) {
    forget();
    seen_size = -1;
  } else if (st.st_size != seen_size || st.st_ino != seen_inode ||
             st.st_mtim.tv_sec != seen_time.tv_sec || st.st_mtim.tv_nsec != seen_time.tv_nsec) {
    FILE *file = fopen(path, "re");
    if (file != NULL) {
      char line[PATH_MAX + 256];
      forget();
      while (fgets(line, sizeof line, file) != NULL) {
        add_line(line);
      }
      fclose(file);
      seen_size = st.st_size;
      seen_inode = st.st_ino;
      seen_time = st.st_mtim;
    }
  }
  pthread_mutex_unlock(&lock);
}

bool control_text(const char *key, char *out, size_t size) {
  bool found = false;
  pthread_mutex_lock(&lock);
  for (size_t i = count; i-- > 0 && !found;) {
    if (strcmp(entries[i].key, key) == 0) {
      snprintf(out, size, "%s", entries[i].value);
      found = true;
    }
  }
  pthread_mutex_unlock(&lock);
  return found;
}

bool control_is(const char *key, const char *value) {
  char text[256];
  return control_text(key, text, sizeof text) && strcmp(text, value) == 0;
}

bool control_flag(const char *key) { return control_is(key, "true"); }

int64_t control_number(const char *key, int64_t otherwise) {
  char text[256];
  return control_text(key, text, sizeof text) ? strtoll(text, NULL, 0) : otherwise;
}

int64_t control_number_of(const char *prefix, const char *name, int64_t otherwise) {
  char key[256];
  snprintf(key, sizeof key, "%s.%s", prefix, name);
  return control_number(key, otherwise);
}
