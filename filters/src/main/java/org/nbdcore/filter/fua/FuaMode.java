package org.nbdcore.filter.fua;

import java.util.Locale;

/** How to handle force unit access. */
enum FuaMode {
  /** Does not offer FUA. */
  NONE,
  /** Emulates FUA by a flush, even if the layer below supports FUA. */
  EMULATE,
  /** Forwards FUA. The layer below must support it. */
  NATIVE,
  /** Adds FUA to every request that changes the disk, so a flush has nothing to do. */
  FORCE,
  /** Offers what the layer below offers. */
  PASS,
  /** Ignores FUA and flushes. */
  DISCARD;

  /** The word in the parameter. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
