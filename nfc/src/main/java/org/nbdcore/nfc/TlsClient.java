package org.nbdcore.nfc;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.nbdcore.tls.ServerTrust;
import org.nbdcore.tls.Thumbprint;

/** Creates TLS engines that accept only the certificate with one thumbprint. */
final class TlsClient {

  private final SSLContext context;
  private final String host;
  private final int port;

  TlsClient(NfcTicket ticket) {
    this.host = ticket.host();
    this.port = ticket.port();
    context = new Pinned(ticket.thumbprint()).context();
  }

  SSLEngine newEngine() {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    return engine;
  }

  /** The certificate of the ticket. */
  private static final class Pinned extends ServerTrust {

    private final String thumbprint;

    Pinned(String thumbprint) {
      this.thumbprint = thumbprint;
    }

    @Override
    protected void check(X509Certificate[] chain) throws CertificateException {
      if (chain.length == 0 || !Thumbprint.matches(thumbprint, chain[0])) {
        String actual = chain.length == 0 ? "none" : Thumbprint.of(chain[0], "SHA-1");
        throw new CertificateException(
            "the host's certificate has the thumbprint "
                + actual
                + ", but the ticket is for "
                + thumbprint);
      }
    }
  }
}
