package org.nbdcore.plugin.vddk;

import java.util.List;

/** The implementation that reads and writes the disks. */
enum EngineChoice {
  /** VDDK if it can be loaded, else what nbd-core has of its own. */
  AUTO,
  /** VMware's library and nothing else. */
  VDDK,
  /** nbd-core's own client for the protocol on port 902. */
  NFC,
  /** nbd-core's own reader of the datastore's files, over HTTPS. */
  HTTPS;

  static final List<String> WORDS = List.of("auto", "vddk", "nfc", "https");

  /** Whether it needs no VDDK. */
  boolean isOwn() {
    return this == NFC || this == HTTPS;
  }

  static EngineChoice of(String word) {
    return valueOf(word.toUpperCase(java.util.Locale.ROOT));
  }
}
