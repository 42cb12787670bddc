package org.nbdcore.server;

/** A target for Jazzer: what a client says before transmission, and after if it gets that far. */
public final class HandshakeFuzz {

  private static final FuzzedServer SERVER =
      new FuzzedServer(options -> options.extendedHeaders = true);

  private HandshakeFuzz() {}

  /** Called by Jazzer, and by CorpusTest for what it found. */
  public static void fuzzerTestOneInput(byte[] data) {
    SERVER.answer(data);
  }
}
