package org.nbdcore.vsphere;

import java.time.Duration;
import java.util.Objects;

/** Where to log in and how. Immutable; each {@code with} method returns a changed copy. */
public final class VsphereOptions implements Cloneable {

  private static final int HTTPS = 443;

  private final String server;
  private int port = HTTPS;
  private String user;
  private Password password;
  private String cookie;
  private String thumbprint;
  private Duration timeout = Duration.ofSeconds(60);
  private VsphereTrace trace;

  private VsphereOptions(String server) {
    this.server = server;
  }

  /** Options for a vCenter or ESXi host whose certificate the system's authorities vouch for. */
  public static VsphereOptions of(String server) {
    if (server.isEmpty()
        || server.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@' || c == '?' || c == '#')) {
      throw new IllegalArgumentException(
          "server must be a host name or an address, not '" + Text.printable(server) + "'");
    }
    return new VsphereOptions(server);
  }

  /** The TCP port, 443 otherwise. */
  public VsphereOptions withPort(int value) {
    if (value < 1 || value > 65_535) {
      throw new IllegalArgumentException("port must be between 1 and 65535, not " + value);
    }
    VsphereOptions changed = copy();
    changed.port = value;
    return changed;
  }

  /**
   * Logs in with a user name and a password.
   *
   * @param password copied to memory outside the heap; overwrite the array after this call. The
   *     client keeps the copy until it is closed, because it renews a session that has died
   */
  public VsphereOptions withLogin(String user, char[] password) {
    VsphereOptions changed = copy();
    changed.user = Objects.requireNonNull(user);
    changed.password = new Password(password);
    changed.cookie = null;
    return changed;
  }

  /**
   * Uses a session that exists: the value of the cookie {@code vmware_soap_session}. It is not
   * logged out at the end.
   */
  public VsphereOptions withSession(String value) {
    if (value.chars().anyMatch(c -> c < ' ' || c > '~' || c == ';')) {
      throw new IllegalArgumentException(
          "a session cookie must be printable ASCII without a semicolon");
    }
    VsphereOptions changed = copy();
    changed.cookie = value;
    changed.user = null;
    changed.password = null;
    return changed;
  }

  /**
   * Accepts the certificate with this fingerprint and no other.
   *
   * @param value SHA-1 or SHA-256 in hexadecimal, with or without colons
   */
  public VsphereOptions withThumbprint(String value) {
    VsphereOptions changed = copy();
    changed.thumbprint = Objects.requireNonNull(value);
    return changed;
  }

  /** The time limit for connecting and for each answer to begin. */
  public VsphereOptions withTimeout(Duration value) {
    VsphereOptions changed = copy();
    changed.timeout = Objects.requireNonNull(value);
    return changed;
  }

  /** Where to report each call. */
  public VsphereOptions withTrace(VsphereTrace value) {
    VsphereOptions changed = copy();
    changed.trace = value;
    return changed;
  }

  String server() {
    return server;
  }

  /** The server as it is written in an address. */
  String authority() {
    String host = server.contains(":") && !server.startsWith("[") ? "[" + server + "]" : server;
    return host + ":" + port;
  }

  int port() {
    return port;
  }

  String user() {
    return user;
  }

  /** The password; null if there is none. */
  CharSequence password() {
    return password == null ? null : password.chars();
  }

  String cookie() {
    return cookie;
  }

  String thumbprint() {
    return thumbprint;
  }

  Duration timeout() {
    return timeout;
  }

  void trace(String line) {
    if (trace != null) {
      trace.call(line);
    }
  }

  /** A copy whose password can be wiped without harm to this one. */
  VsphereOptions own() {
    VsphereOptions copy = copy();
    copy.password = password == null ? null : password.copy();
    return copy;
  }

  void wipe() {
    if (password != null) {
      password.wipe();
    }
  }

  @Override
  public String toString() {
    return (user == null ? "" : user + " at ") + authority();
  }

  private VsphereOptions copy() {
    try {
      return (VsphereOptions) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
