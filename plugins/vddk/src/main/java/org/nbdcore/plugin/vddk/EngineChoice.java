package org.nbdcore.plugin.vddk;

import java.util.List;

/** The implementation that reads and writes the disks. */
enum EngineChoice {
  /** VDDK if it can be loaded, otherwise nbd-core's own code. */
  AUTO,
  /** Only VMware's library. */
  VDDK,
  /** nbd-core's own client for the protocol on port 902. */
  NFC,
  /** nbd-core's own reader of the datastore's files, over HTTPS. */
  HTTPS;

  static final List<String> WORDS = List.of("auto", "vddk", "nfc", "https");

  /** True if it does not need VDDK. */
  boolean isOwn() {
    return this == NFC || this == HTTPS;
  }

  static EngineChoice of(String word) {
    return valueOf(word.toUpperCase(java.util.Locale.ROOT));
  }
}
