package org.nbdcore.server.tls;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Sessions with certificates, on the engines of a context. */
final class ContextSessions implements Tls.Sessions {

  /**
   * With TLS 1.3, JDKs after 17 leave the PKCS#1 signatures that most certificates carry out of
   * signature_algorithms (RFC 8446, 4.2.3, allows that, as signature_algorithms_cert lists them).
   * Clients on GnuTLS 3.7, libnbd and QEMU among them, then believe that their certificate is
   * unwanted and send none; with TLS 1.2 they do.
   */
  private static final boolean HIDES_PKCS1 = Runtime.version().feature() > 17;

  private final SSLContext context;
  private final boolean verifyPeer;
  private final TlsPriority parameters;

  /**
   * Prepares sessions.
   *
   * @param verifyPeer whether a client must show a certificate that the context trusts
   */
  ContextSessions(SSLContext context, boolean verifyPeer, TlsPriority parameters) {
    this.context = context;
    this.verifyPeer = verifyPeer;
    this.parameters = parameters;
  }

  @Override
  public TlsCodec begin() throws IOException {
    SSLEngine engine = context.createSSLEngine();
    engine.setNeedClientAuth(verifyPeer);
    parameters.apply(engine);
    if (verifyPeer && HIDES_PKCS1) {
      withoutTls13(engine);
    }
    return new EngineCodec(engine);
  }

  private static void withoutTls13(SSLEngine engine) {
    List<String> versions = new ArrayList<>(List.of(engine.getEnabledProtocols()));
    if (versions.size() > 1 && versions.remove("TLSv1.3")) {
      engine.setEnabledProtocols(versions.toArray(String[]::new));
    }
  }
}
