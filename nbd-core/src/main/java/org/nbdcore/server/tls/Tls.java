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

/** How a server encrypts: one immutable value. */
public final class Tls {

  private final boolean required;
  private final Sessions sessions;

  private Tls(boolean required, Sessions sessions) {
    this.required = required;
    this.sessions = Objects.requireNonNull(sessions, "sessions");
  }

  /** Makes codecs; called by many threads. */
  @FunctionalInterface
  public interface Sessions {
    /** A codec for a new connection. */
    TlsCodec begin() throws IOException;
  }

  /**
   * TLS which every client must use.
   *
   * @param sessions makes a codec for each connection
   */
  public static Tls of(Sessions sessions) {
    return new Tls(true, sessions);
  }

  /**
   * TLS with the keys of a context, which every client must use.
   *
   * @param context initialized, with the server's key
   */
  public static Tls of(SSLContext context) {
    return new Tls(true, new ContextSessions(context, false, TlsPriority.NORMAL));
  }

  /**
   * The same, and every client must show a certificate that the context's trust manager accepts.
   * Plugins and filters see its name.
   */
  public static Tls verifyingClients(SSLContext context) {
    return new Tls(true, new ContextSessions(context, true, TlsPriority.NORMAL));
  }

  /**
   * TLS with the key and the certificates of a key store, which every client must use.
   *
   * @param password of the key in the store
   * @throws GeneralSecurityException if the store has no private key, or the password is wrong
   */
  public static Tls of(KeyStore keys, char[] password) throws GeneralSecurityException {
    return of(context(keys, password, null));
  }

  /**
   * The same, and every client must show a certificate that an authority in another store has
   * signed.
   *
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

  /** Whether the server refuses clients that do not encrypt (protocol, "FORCEDTLS mode"). */
  public boolean required() {
    return required;
  }

  /** Makes a codec for each connection. */
  public Sessions sessions() {
    return sessions;
  }

  /** Changes {@link #required}: false also serves clients that do not encrypt. */
  public Tls withRequired(boolean value) {
    return new Tls(value, sessions);
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
