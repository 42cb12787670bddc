package org.nbdcore.server.tls;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Creates codecs for certificates, with the engines of an {@link SSLContext}. */
final class ContextCodecFactory implements Tls.CodecFactory {

  /**
   * True if the JDK omits PKCS#1 signatures from signature_algorithms with TLS 1.3, as all versions
   * after 17 do. RFC 8446, 4.2.3, allows that, because signature_algorithms_cert lists them. Most
   * certificates have such signatures. Clients with GnuTLS 3.7, such as libnbd and QEMU, then
   * assume that the server does not want their certificate, and send none. With TLS 1.2 they send
   * it.
   */
  private static final boolean HIDES_PKCS1 = Runtime.version().feature() > 17;

  private final SSLContext context;
  private final boolean verifyPeer;
  private final TlsPriority parameters;

  /**
   * Prepares the settings of all sessions.
   *
   * @param verifyPeer true to require a client certificate that the context trusts
   */
  ContextCodecFactory(SSLContext context, boolean verifyPeer, TlsPriority parameters) {
    this.context = context;
    this.verifyPeer = verifyPeer;
    this.parameters = parameters;
  }

  @Override
  public TlsCodec create() throws IOException {
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
