package org.nbdcore.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.MetaContext;

/** How to connect. Immutable: each {@code with} method returns a changed copy. */
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
  public @Nullable SSLContext sslContext() {
    return sslContext;
  }

  /** The name that the server's certificate has to carry, or null for the host's. */
  public @Nullable String tlsHostname() {
    return tlsHostname;
  }

  /** Whether the server's certificate is checked. */
  public boolean tlsVerifyPeer() {
    return tlsVerifyPeer;
  }

  /** How long connecting and the handshake may take together; zero for no limit. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** How long a request may take; zero for no limit. */
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** Completes the futures of asynchronous calls, or null for a thread of the client. */
  public @Nullable Executor executor() {
    return executor;
  }

  /** The export if no URI names one. */
  public ConnectOptions withExportName(String name) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.exportName = Objects.requireNonNull(name);
    return copy;
  }

  /** Meta contexts to choose; none means no block status. */
  public ConnectOptions withMetaContexts(List<String> contexts) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.metaContexts = List.copyOf(contexts);
    return copy;
  }

  /** Whether to ask for structured replies. */
  public ConnectOptions withStructuredReplies(boolean wanted) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.structuredReplies = wanted;
    return copy;
  }

  /**
   * Whether to ask for extended headers: requests with 64-bit lengths, an experiment of the
   * protocol. It has no effect if the server has none, or without structured replies.
   */
  public ConnectOptions withExtendedHeaders(boolean wanted) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.extendedHeaders = wanted;
    return copy;
  }

  /**
   * How to encrypt.
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
   * How the server's certificate is checked. {@code tls-hostname} and {@code tls-verify-peer} of a
   * URI come first. Without checking, an {@link #sslContext} that is given still decides whom to
   * trust; only the name is not compared.
   *
   * @param hostname the name it has to carry, or null for the host's
   */
  public ConnectOptions withTlsPeer(@Nullable String hostname, boolean verify) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.tlsHostname = hostname;
    copy.tlsVerifyPeer = verify;
    return copy;
  }

  /**
   * The time that connecting and the handshake may take together.
   *
   * @param value zero for no limit
   */
  public ConnectOptions withConnectTimeout(Duration value) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.connectTimeout = notNegative(value);
    return copy;
  }

  /**
   * The time that one request may take, from sending it to the last byte of its reply. A request
   * that takes longer fails with {@link NbdClientException#timedOut}; the connection stays usable,
   * and the late reply is skipped. The connection is closed if the server takes no data for this
   * time, or has begun a reply but not finished it after twice this time.
   *
   * @param value zero for no limit
   */
  public ConnectOptions withRequestTimeout(Duration value) {
    ConnectOptions copy = new ConnectOptions(this);
    copy.requestTimeout = notNegative(value);
    return copy;
  }

  /**
   * Completes the futures of asynchronous calls; by default this is a thread of the client.
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
