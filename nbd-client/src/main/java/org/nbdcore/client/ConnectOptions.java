package org.nbdcore.client;

import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.nbdcore.protocol.MetaContext;

/** How to connect. Immutable: each {@code with} method returns a changed copy. */
public final class ConnectOptions {

  private static final ConnectOptions DEFAULTS =
      new ConnectOptions(
          "",
          List.of(MetaContext.BASE_ALLOCATION),
          true,
          false,
          TlsMode.BY_URI,
          null,
          null,
          true,
          60_000);

  private final String exportName;
  private final List<String> metaContexts;
  private final boolean structuredReplies;
  private final boolean extendedHeaders;
  private final TlsMode tlsMode;
  private final SSLContext sslContext;
  private final String tlsHostname;
  private final boolean tlsVerifyPeer;
  private final long timeoutMillis;

  private ConnectOptions(
      String exportName,
      List<String> metaContexts,
      boolean structuredReplies,
      boolean extendedHeaders,
      TlsMode tlsMode,
      SSLContext sslContext,
      String tlsHostname,
      boolean tlsVerifyPeer,
      long timeoutMillis) {
    this.exportName = exportName;
    this.metaContexts = metaContexts;
    this.structuredReplies = structuredReplies;
    this.extendedHeaders = extendedHeaders;
    this.tlsMode = tlsMode;
    this.sslContext = sslContext;
    this.tlsHostname = tlsHostname;
    this.tlsVerifyPeer = tlsVerifyPeer;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * The default export, structured replies and base:allocation where the server has them, TLS as
   * the URI says with the JDK's own trust store, 60 seconds to connect.
   */
  public static ConnectOptions defaults() {
    return DEFAULTS;
  }

  /** The export if no URI names one; empty for the default export. */
  public String exportName() {
    return exportName;
  }

  /** Meta contexts to choose; those that the server lacks are left out. */
  public List<String> metaContexts() {
    return metaContexts;
  }

  /** Whether structured replies are asked for; without them there is no block status. */
  public boolean structuredReplies() {
    return structuredReplies;
  }

  /** Whether requests with 64-bit lengths are asked for; an experiment of the protocol. */
  public boolean extendedHeaders() {
    return extendedHeaders;
  }

  /** Whether to encrypt. */
  public TlsMode tlsMode() {
    return tlsMode;
  }

  /** Keys and trust for TLS, or null: then the URI's tls-certificates, else the JDK's own. */
  public SSLContext sslContext() {
    return sslContext;
  }

  /** The name that the server's certificate has to carry, or null for the host's. */
  public String tlsHostname() {
    return tlsHostname;
  }

  /** Whether the server's certificate is checked. */
  public boolean tlsVerifyPeer() {
    return tlsVerifyPeer;
  }

  /** Milliseconds for connecting and the handshake together; 0 for no limit. */
  public long timeoutMillis() {
    return timeoutMillis;
  }

  /** The export if no URI names one. */
  public ConnectOptions withExportName(String name) {
    return new ConnectOptions(
        Objects.requireNonNull(name),
        metaContexts,
        structuredReplies,
        extendedHeaders,
        tlsMode,
        sslContext,
        tlsHostname,
        tlsVerifyPeer,
        timeoutMillis);
  }

  /** Meta contexts to choose; none means no block status. */
  public ConnectOptions withMetaContexts(List<String> contexts) {
    return new ConnectOptions(
        exportName,
        List.copyOf(contexts),
        structuredReplies,
        extendedHeaders,
        tlsMode,
        sslContext,
        tlsHostname,
        tlsVerifyPeer,
        timeoutMillis);
  }

  /** Whether to ask for structured replies. */
  public ConnectOptions withStructuredReplies(boolean wanted) {
    return new ConnectOptions(
        exportName,
        metaContexts,
        wanted,
        extendedHeaders,
        tlsMode,
        sslContext,
        tlsHostname,
        tlsVerifyPeer,
        timeoutMillis);
  }

  /**
   * Whether to ask for extended headers: requests with 64-bit lengths, an experiment of the
   * protocol. It has no effect if the server has none, or without structured replies.
   */
  public ConnectOptions withExtendedHeaders(boolean wanted) {
    return new ConnectOptions(
        exportName,
        metaContexts,
        structuredReplies,
        wanted,
        tlsMode,
        sslContext,
        tlsHostname,
        tlsVerifyPeer,
        timeoutMillis);
  }

  /**
   * How to encrypt.
   *
   * @param context keys and trust, or null for the defaults
   */
  public ConnectOptions withTls(TlsMode mode, SSLContext context) {
    return new ConnectOptions(
        exportName,
        metaContexts,
        structuredReplies,
        extendedHeaders,
        Objects.requireNonNull(mode),
        context,
        tlsHostname,
        tlsVerifyPeer,
        timeoutMillis);
  }

  /**
   * How the server's certificate is checked. {@code tls-hostname} and {@code tls-verify-peer} of a
   * URI come first. Without checking, an {@link #sslContext} that is given still decides whom to
   * trust; only the name is not compared.
   *
   * @param hostname the name it has to carry, or null for the host's
   */
  public ConnectOptions withTlsPeer(String hostname, boolean verify) {
    return new ConnectOptions(
        exportName,
        metaContexts,
        structuredReplies,
        extendedHeaders,
        tlsMode,
        sslContext,
        hostname,
        verify,
        timeoutMillis);
  }

  /**
   * The time that connecting and the handshake may take together.
   *
   * @param millis milliseconds, 0 for no limit
   */
  public ConnectOptions withTimeoutMillis(long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException("timeoutMillis must be 0 or more, not " + millis);
    }
    return new ConnectOptions(
        exportName,
        metaContexts,
        structuredReplies,
        extendedHeaders,
        tlsMode,
        sslContext,
        tlsHostname,
        tlsVerifyPeer,
        millis);
  }
}
