package org.nbdcore.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A trust manager for clients with its own rule, such as a fingerprint. It is an extended trust
 * manager, because the JDK adds its own checks of names and algorithms to a plain one. These checks
 * refuse the certificates of old hosts.
 */
public abstract class ServerTrust extends X509ExtendedTrustManager {

  /** For subclasses. */
  protected ServerTrust() {}

  /** Trusts every certificate. */
  public static ServerTrust trustAll() {
    return new ServerTrust() {
      @Override
      protected void check(X509Certificate[] chain) {}
    };
  }

  /**
   * Checks a server's certificate. Must be safe for use by several threads.
   *
   * @param chain the server's certificate first, then those of authorities; may be empty
   * @throws CertificateException if the certificate is not trusted
   */
  protected abstract void check(X509Certificate[] chain) throws CertificateException;

  /**
   * Creates a context for clients that use only this trust manager and have no certificate of their
   * own.
   */
  public final SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {this}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK supports TLS
    }
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    check(chain);
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    throw new CertificateException("not a server");
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("not a server");
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("not a server");
  }

  @Override
  public final X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
