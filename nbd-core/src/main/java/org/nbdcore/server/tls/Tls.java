package org.nbdcore.server.tls;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * How a server encrypts.
 *
 * @param required whether clients that do not encrypt are refused (protocol, "FORCEDTLS mode")
 * @param sessions makes a codec for each connection
 */
public record Tls(boolean required, Sessions sessions) {

  /** Makes codecs; called by many threads. */
  @FunctionalInterface
  public interface Sessions {
    /** A codec for a new connection. */
    TlsCodec begin() throws IOException;
  }

  /**
   * The same, but each session is described when its handshake is complete.
   *
   * @param descriptions called by many threads
   */
  public Tls described(Consumer<String> descriptions) {
    return new Tls(required, () -> new DescribedCodec(sessions.begin(), descriptions));
  }
}
