package org.nbdcore.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.MetaContext;

/** Options for connecting. Immutable; each {@code with} method returns a changed copy. */
public final class ConnectOptions {

  private static final ConnectOptions DEFAULTS = new ConnectOptions();

  private String exportName = "";
  private List<String> metaContexts = List.of(MetaContext.BASE_ALLOCATION);
  private boolean structuredReplies = true;
  private boolean extendedHeaders;
  private TlsMode tlsMode = TlsMode.BY_URI;
  private @Nullable SSLContext sslContext;
  private @Nullable String tlsHostname;
  private boolean tlsVerifyPeer = true;
  private Duration connectTimeout = Duration.ofSeconds(60);
  private Duration requestTimeout = Duration.ZERO;
  private @Nullable Executor executor;

  private ConnectOptions() {}

  private ConnectOptions(ConnectOptions other) {
    exportName = other.exportName;
    metaContexts = other.metaContexts;
    structuredReplies = other.structuredReplies;
    extendedHeaders = other.extendedHeaders;
    tlsMode = other.tlsMode;
    sslContext = other.sslContext;
    tlsHostname = other.tlsHostname;
    tlsVerifyPeer = other.tlsVerifyPeer;
    connectTimeout = other.connectTimeout;
    requestTimeout = other.requestTimeout;
    executor = other.executor;
  }

  /**
   * Returns the defaults: the default export; structured replies and base:allocation if the server
   * supports them; TLS if the URI requires it, with the JDK's trust store; 60 seconds to connect.
   */
  public static ConnectOptions defaults() {
    return DEFAULTS;
  }

  /** Export name, used if no URI names one; empty for the default export. */
  public String exportName() {
    return exportName;
  }

  /** Meta contexts to select. The client ignores those that the server does not offer. */
  public List<String> metaContexts() {
    return metaContexts;
  }

  /** True to request structured replies. Block status needs them. */
  public boolean structuredReplies() {
    return structuredReplies;
  }

  /**
   * True to request extended headers, with 64-bit lengths; an experimental extension of the
   * protocol.
   */
  public boolean extendedHeaders() {
    return extendedHeaders;
  }

  /** Whether to encrypt. */
  public TlsMode tlsMode() {
    return tlsMode;
  }

  /**
   * Keys and trust for TLS. If null, the client uses the URI's tls-certificates, or else the JDK's
   * defaults.
   */
  public @Nullable SSLContext sslContext() {
    return sslContext;
  }

  /** The name that the server's certificate must contain; null for the host's name. */
  public @Nullable String tlsHostname() {
    return tlsHostname;
  }

  /** True to verify the server's certificate. */
  public boolean tlsVerifyPeer() {
    return tlsVerifyPeer;
  }

  /** Time limit for connecting and the handshake together; zero for no limit. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Time limit for one request; zero for no limit. */
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** Executor that completes the futures of asynchronous calls; null for a thread of the client. */
  public @Nullable Executor executor() {
    return executor;
  }

  /** Sets the export name, which is used if no URI names one. */
  public ConnectOptions withExportName(String name) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.exportName = Objects.requireNonNull(name);
    return copy;
  }

  /** Sets the meta contexts to select; none means no block status. */
  public ConnectOptions withMetaContexts(List<String> contexts) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.metaContexts = List.copyOf(contexts);
    return copy;
  }

  /** Sets whether to request structured replies. */
  public ConnectOptions withStructuredReplies(boolean wanted) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.structuredReplies = wanted;
    return copy;
  }

  /**
   * Sets whether to request extended headers: requests with 64-bit lengths, an experimental
   * extension of the protocol. It has no effect if the server does not support it, or without
   * structured replies.
   */
  public ConnectOptions withExtendedHeaders(boolean wanted) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.extendedHeaders = wanted;
    return copy;
  }

  /**
   * Sets whether and how to encrypt.
   *
   * @param context keys and trust, or null for the defaults
   */
  public ConnectOptions withTls(TlsMode mode, @Nullable SSLContext context) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.tlsMode = Objects.requireNonNull(mode);
    copy.sslContext = context;
    return copy;
  }

  /**
   * Sets how to verify the server's certificate. {@code tls-hostname} and {@code tls-verify-peer}
   * of a URI take precedence. If you set an {@link #sslContext}, it decides which certificates to
   * trust even without verification; only the name is not compared.
   *
   * @param hostname the name that the certificate must contain, or null for the host's name
   */
  public ConnectOptions withTlsPeer(@Nullable String hostname, boolean verify) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.tlsHostname = hostname;
    copy.tlsVerifyPeer = verify;
    return copy;
  }

  /**
   * Sets the time limit for connecting and the handshake together.
   *
   * @param value zero for no limit
   */
  public ConnectOptions withConnectTimeout(Duration value) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.connectTimeout = notNegative(value);
    return copy;
  }

  /**
   * Sets the time limit for one request, from sending it to the last byte of its reply. A request
   * that takes longer fails with {@link NbdClientException#timedOut}. The connection stays usable,
   * and the client skips the late reply. The client closes the connection if the server accepts no
   * data for this time. It also closes the connection if a reply has started but is incomplete
   * after twice this time.
   *
   * @param value zero for no limit
   */
  public ConnectOptions withRequestTimeout(Duration value) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.requestTimeout = notNegative(value);
    return copy;
  }

  /**
   * Sets the executor that completes the futures of asynchronous calls. By default this is a thread
   * of the client.
   *
   * @param value your own executor; the client does not shut it down
   */
  public ConnectOptions withExecutor(Executor value) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.executor = Objects.requireNonNull(value);
    return copy;
  }

  private static Duration notNegative(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("a time limit must not be negative, but is " + value);
    }
    return value;
  }
}
