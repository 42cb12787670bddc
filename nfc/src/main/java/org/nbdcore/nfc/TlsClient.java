package org.nbdcore.nfc;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Makes TLS engines that accept the certificate with one fingerprint and no other. */
final class TlsClient {

  private final SSLContext context;
  private final String host;
  private final int port;

  TlsClient(NfcTicket ticket) {
    this.host = ticket.host();
    this.port = ticket.port();
    try {
      context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Pinned(ticket.thumbprint())}, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  SSLEngine newEngine() {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    return engine;
  }

  /**
   * An extended trust manager, because the JDK adds its own checks of algorithms to a plain one.
   * Those refuse the certificates of old hosts.
   */
  private static final class Pinned extends X509ExtendedTrustManager {

    private final String thumbprint;

    Pinned(String thumbprint) {
      this.thumbprint = thumbprint;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      if (chain.length == 0 || !Thumbprint.matches(thumbprint, chain[0])) {
        String actual = chain.length == 0 ? "none" : Thumbprint.of(chain[0], "SHA-1");
        throw new CertificateException(
            "the host's certificate has the thumbprint "
                + actual
                + ", but the ticket is for "
                + thumbprint);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("not a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
