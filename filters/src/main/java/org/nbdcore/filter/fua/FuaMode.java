package org.nbdcore.filter.fua;

import java.util.Locale;

/** How to handle force unit access. */
enum FuaMode {
  /** It is not offered. */
  NONE,
  /** It is done by a flush, whatever the layer below can do. */
  EMULATE,
  /** FUA is forwarded. The layer below must support it. */
  NATIVE,
  /** It is added to everything that changes the disk; a flush has nothing left to do. */
  FORCE,
  /** Nothing changes. */
  PASS,
  /** FUA and flushes are ignored. */
  DISCARD;

  /** As the user wrote it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
