package org.nbdcore.server.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Collections;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The TLS settings of a server: one immutable value. */
public final class Tls {

  private final boolean required;
  private final CodecFactory codecs;

  private Tls(boolean required, CodecFactory codecs) {
    this.required = required;
    this.codecs = Objects.requireNonNull(codecs, "codecs");
  }

  /** Creates codecs. Must be safe for use by several threads. */
  @FunctionalInterface
  public interface CodecFactory {
    /** Creates the codec of a new connection. */
    TlsCodec create() throws IOException;
  }

  /**
   * Requires TLS.
   *
   * @param codecs creates a codec for each connection
   */
  public static Tls of(CodecFactory codecs) {
    return new Tls(true, codecs);
  }

  /**
   * Requires TLS, with the keys of a context.
   *
   * @param context must be initialized with the server's key
   */
  public static Tls of(SSLContext context) {
    return new Tls(true, new ContextCodecFactory(context, false, TlsPriority.NORMAL));
  }

  /**
   * Requires TLS, and of every client a certificate that the context's trust manager accepts.
   * Plugins and filters get the client's name from {@link org.nbdcore.spi.Session#tlsPrincipal}.
   */
  public static Tls verifyingClients(SSLContext context) {
    return new Tls(true, new ContextCodecFactory(context, true, TlsPriority.NORMAL));
  }

  /**
   * Requires TLS, with the key and the certificates of a key store.
   *
   * @param password of the key in the store
   * @throws GeneralSecurityException if the key store has no private key, or the password is wrong
   */
  public static Tls of(KeyStore keys, char[] password) throws GeneralSecurityException {
    return of(context(keys, password, null));
  }

  /**
   * Requires TLS, and of every client a certificate that an authority in another key store has
   * signed.
   *
   * @param keys contains the server's key
   * @param password of the key in the store
   * @param authorities trusted certificates
   */
  public static Tls verifyingClients(KeyStore keys, char[] password, KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    return verifyingClients(context(keys, password, trust.getTrustManagers()));
  }

  private static SSLContext context(KeyStore keys, char[] password, TrustManager @Nullable [] trust)
      throws GeneralSecurityException {
    boolean usable = false;
    for (String alias : Collections.list(keys.aliases())) {
      usable |= keys.isKeyEntry(alias);
    }
    if (!usable) {
      throw new KeyStoreException("the key store has no private key");
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), trust, null);
    return context;
  }

  /**
   * True to refuse clients that do not use TLS (protocol, "FORCEDTLS mode"), false to serve them
   * too ("SELECTIVETLS mode").
   */
  public boolean required() {
    return required;
  }

  /** Creates a codec for each connection. */
  public CodecFactory codecs() {
    return codecs;
  }

  /** Changes {@link #required}. */
  public Tls withRequired(boolean value) {
    return new Tls(value, codecs);
  }

  /**
   * Returns a copy that also reports a description of each session, when its handshake is complete.
   *
   * @param descriptions receives the version and the cipher suite; must be safe for use by several
   *     threads
   */
  public Tls described(Consumer<String> descriptions) {
    return new Tls(required, () -> new DescribedCodec(codecs.create(), descriptions));
  }
}
