package org.nbdcore.protocol;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An NBD URI, which identifies a server and an export. doc/uri.md of NetworkBlockDevice/nbd
 * specifies the format. The schemes are {@code nbd}, {@code nbds} (TLS required), and both with
 * {@code +unix}, {@code +vsock} or {@code +ssh}, as in libnbd. Immutable. {@link #parse} accepts
 * the result of {@link #toString}.
 */
public final class NbdUri {

  /** How a client connects to the server. */
  public enum Transport {
    TCP(""),
    UNIX("+unix"),
    /** Sockets between virtual machines and their host; the host of the URI is a CID. */
    VSOCK("+vsock"),
    /** A connection through the program ssh; host, port and user are those of the SSH server. */
    SSH("+ssh");

    private final String suffix;

    Transport(String suffix) {
      this.suffix = suffix;
    }

    String suffix() {
      return suffix;
    }
  }

  /** Parameters of the specification, and those that libnbd adds. */
  private static final String KNOWN =
      " socket tls-type tls-hostname tls-verify-peer tls-certificates tls-psk-file ";

  private static final String KNOWN_SSH = KNOWN + "nbd-port compression ";

  private static final Set<String> FILES = Set.of("socket", "tls-certificates", "tls-psk-file");

  private final Transport transport;
  private final boolean tls;
  private final @Nullable String user;
  private final @Nullable String host;
  private final int port;
  private final String exportName;
  private final Map<String, String> parameters;

  private NbdUri(
      Transport transport,
      boolean tls,
      @Nullable String user,
      @Nullable String host,
      int port,
      String exportName,
      Map<String, String> parameters) {
    this.transport = transport;
    this.tls = tls;
    this.user = user;
    this.host = host;
    this.port = port;
    this.exportName = exportName;
    this.parameters = Collections.unmodifiableMap(parameters);
    check();
  }

  /**
   * Returns the URI of the default export of a server on TCP.
   *
   * @param host a name or an address; IPv6 without brackets
   * @param port 1 to 65535
   */
  public static NbdUri tcp(String host, int port) {
    Objects.requireNonNull(host);
    return new NbdUri(Transport.TCP, false, null, host, port, "", new LinkedHashMap<>());
  }

  /**
   * Returns the URI of the default export of a server on a Unix domain socket.
   *
   * @param socket the path of the socket
   */
  public static NbdUri unix(String socket) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("socket", socket);
    return new NbdUri(Transport.UNIX, false, null, null, 0, "", parameters);
  }

  /**
   * Returns the URI of the default export of a server on a socket between virtual machines.
   *
   * @param cid of the machine, an unsigned 32-bit number
   * @param port an unsigned 32-bit number
   */
  public static NbdUri vsock(int cid, int port) {
    String host = Integer.toUnsignedString(cid);
    return new NbdUri(Transport.VSOCK, false, null, host, port, "", new LinkedHashMap<>());
  }

  /**
   * Parses a URI.
   *
   * @throws IllegalArgumentException if the URI is invalid, with the reason
   */
  public static NbdUri parse(String text) {
    return NbdUriParser.parse(text);
  }

  static NbdUri of(
      Transport transport,
      boolean tls,
      @Nullable String user,
      @Nullable String host,
      int port,
      String name,
      Map<String, String> query) {
    return new NbdUri(transport, tls, user, host, port, name, query);
  }

  private void check() {
    boolean numbered = transport == Transport.TCP || transport == Transport.SSH;
    if (numbered && (port < 1 || port > 65535)) {
      throw new IllegalArgumentException(
          "the port of an NBD URI must be between 1 and 65535, not " + port);
    }
    if (exportName.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an export name must not contain NUL (%00)");
    }
    for (String key : parameters.keySet()) {
      String known = transport == Transport.SSH ? KNOWN_SSH : KNOWN;
      if (!key.startsWith("x-") && known.indexOf(" " + key + " ") < 0) {
        throw new IllegalArgumentException(
            "unknown parameter \"" + key + "\" in an NBD URI; known are:" + known + "and x-*");
      }
    }
    String verify = parameters.get("tls-verify-peer");
    if (verify != null && !verify.equals("0") && !verify.equals("1")) {
      throw new IllegalArgumentException(
          "tls-verify-peer in an NBD URI must be 0 or 1, not \"" + verify + "\"");
    }
    String socket = parameters.get("socket");
    if (unix() && (socket == null || socket.isEmpty())) {
      throw new IllegalArgumentException(
          "an NBD URI with +unix must name the socket: nbd+unix:///EXPORT?socket=PATH");
    }
    if (socket != null && !unix() && transport != Transport.SSH) {
      throw new IllegalArgumentException(
          "socket= in an NBD URI needs the scheme nbd+unix or nbds+unix, or those with +ssh");
    }
    if (transport == Transport.SSH) {
      checkSsh();
    }
  }

  /**
   * Refuses a host or user that begins with a hyphen: it would be an option of ssh, which can run
   * any command.
   */
  private void checkSsh() {
    if (isSshOption(host) || isSshOption(user)) {
      throw new IllegalArgumentException(
          "user and host of an NBD URI with +ssh must not begin with a hyphen");
    }
    nbdPort();
    String compression = parameters.getOrDefault("compression", "false");
    if (!compression.equals("true") && !compression.equals("false")) {
      throw new IllegalArgumentException(
          "compression in an NBD URI must be true or false, not \"" + compression + "\"");
    }
  }

  private static boolean isSshOption(@Nullable String word) {
    return word != null && word.startsWith("-");
  }

  /** How a client connects to the server. */
  public Transport transport() {
    return transport;
  }

  /** The port of the NBD server behind an SSH server ({@code nbd-port}), 10809 by default. */
  public int nbdPort() {
    String text = parameters.get("nbd-port");
    return text == null ? Limits.DEFAULT_PORT : NbdUriParser.number(text);
  }

  /** True if ssh compresses the data ({@code compression}). */
  public boolean compression() {
    return "true".equals(parameters.get("compression"));
  }

  /** True if TLS is required (the schemes with an {@code s}). */
  public boolean tls() {
    return tls;
  }

  /** True for a Unix domain socket. Then {@link #socket} is set, otherwise {@link #host}. */
  public boolean unix() {
    return transport == Transport.UNIX;
  }

  /** The user name for TLS with pre-shared keys or for SSH; null if there is none. */
  public @Nullable String user() {
    return user;
  }

  /** The host's name or address (IPv6 without brackets), or null for a Unix domain socket. */
  public @Nullable String host() {
    return host;
  }

  /** The TCP port, that of the SSH server, or an unsigned vsock port; 0 for a Unix socket. */
  public int port() {
    return port;
  }

  /**
   * The path of the Unix domain socket, or null for TCP. Abstract sockets begin with NUL. To
   * connect, use {@link #path}, because a name may contain bytes that are not UTF-8.
   */
  public @Nullable String socket() {
    return parameters.get("socket");
  }

  /** The name of the export; empty for the default export. */
  public String exportName() {
    return exportName;
  }

  /**
   * Returns one parameter of the query, decoded; null if it is missing.
   *
   * @param key such as {@code tls-type} or {@code x-mine}
   */
  public @Nullable String parameter(String key) {
    return parameters.get(key);
  }

  /**
   * Returns the file or folder that a parameter of the query names; null if the parameter is
   * missing. The name may contain any bytes.
   *
   * @param key {@code socket}, {@code tls-certificates} or {@code tls-psk-file}
   * @throws java.nio.file.InvalidPathException if the name contains a NUL
   */
  public @Nullable Path path(String key) {
    if (!namesFile(key)) {
      throw new IllegalArgumentException("the key must be one of " + FILES + ", not " + key);
    }
    String name = parameters.get(key);
    return name == null ? null : PercentEncoding.path(name);
  }

  static boolean namesFile(String key) {
    return FILES.contains(key);
  }

  /**
   * The name that the server's certificate must contain: {@code tls-hostname}, otherwise the host;
   * or null.
   */
  public @Nullable String tlsHostname() {
    String given = parameters.get("tls-hostname");
    return given != null ? given : host;
  }

  /**
   * True if the client must verify the server's certificate; true unless {@code tls-verify-peer=0}.
   */
  public boolean tlsVerifyPeer() {
    return !"0".equals(parameters.get("tls-verify-peer"));
  }

  /** Returns a copy with another export. */
  public NbdUri withExportName(String name) {
    return new NbdUri(transport, tls, user, host, port, name, parameters);
  }

  /** Returns a copy with TLS required or not. */
  public NbdUri withTls(boolean required) {
    return new NbdUri(transport, required, user, host, port, exportName, parameters);
  }

  /** Returns a copy with one parameter of the query set. */
  public NbdUri withParameter(String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.put(key, Objects.requireNonNull(value));
    return new NbdUri(transport, tls, user, host, port, exportName, changed);
  }

  /** Returns a copy with a user name. */
  public NbdUri withUser(String name) {
    return new NbdUri(
        transport, tls, Objects.requireNonNull(name), host, port, exportName, parameters);
  }

  /**
   * Returns the URI in nbdkit's format: always with a port, and without a slash for the default
   * export.
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(80).append(tls ? "nbds" : "nbd");
    out.append(transport.suffix()).append("://");
    if (user != null) {
      out.append(PercentEncoding.encode(user, "")).append('@');
    }
    if (host != null) {
      if (host.indexOf(':') >= 0) {
        out.append('[').append(PercentEncoding.encode(host, ":")).append(']');
      } else {
        out.append(PercentEncoding.encode(host, ""));
      }
      out.append(':').append(Integer.toUnsignedString(port));
    }
    if (!exportName.isEmpty()) {
      out.append('/').append(PercentEncoding.encode(exportName, "/"));
    }
    char separator = '?';
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      out.append(separator).append(PercentEncoding.encode(parameter.getKey(), ""));
      out.append('=').append(PercentEncoding.encode(parameter.getValue(), "/:"));
      separator = '&';
    }
    return out.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NbdUri && toString().equals(other.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
