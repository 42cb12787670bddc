package org.nbdcore.server;

/**
 * A target for Jazzer: the bytes of a client in the handshake and, if it gets that far, in
 * transmission.
 */
public final class HandshakeFuzz {

  private static final FuzzedServer SERVER =
      new FuzzedServer(options -> options.extendedHeaders = true);

  private HandshakeFuzz() {}

  /** Called by Jazzer, and by CorpusTest with the inputs that Jazzer found. */
  public static void fuzzerTestOneInput(byte[] data) {
    SERVER.answer(data);
  }
}
