package org.nbdcore.vsphere;

import java.time.Duration;
import java.util.Objects;

/** Options for the login. Immutable; each {@code with} method returns a changed copy. */
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

  /**
   * Creates options for a vCenter or ESXi host with a certificate that the system's certificate
   * authorities confirm.
   */
  public static VsphereOptions of(String server) {
    if (server.isEmpty()
        || server.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@' || c == '?' || c == '#')) {
      throw new IllegalArgumentException(
          "server must be a host name or an address, not '" + Text.printable(server) + "'");
    }
    return new VsphereOptions(server);
  }

  /** Sets the TCP port; the default is 443. */
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
   *     client keeps the copy until it is closed, because it logs in again if the session ends
   */
  public VsphereOptions withLogin(String user, char[] password) {
    VsphereOptions changed = copy();
    changed.user = Objects.requireNonNull(user);
    changed.password = new Password(password);
    changed.cookie = null;
    return changed;
  }

  /**
   * Uses an existing session: the value of the cookie {@code vmware_soap_session}. Closing the
   * client does not log this session out.
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
   * Accepts only the certificate with this thumbprint.
   *
   * @param value SHA-1 or SHA-256 in hexadecimal, with or without colons
   */
  public VsphereOptions withThumbprint(String value) {
    VsphereOptions changed = copy();
    changed.thumbprint = Objects.requireNonNull(value);
    return changed;
  }

  /** Sets the time limit for connecting and for the start of each answer. */
  public VsphereOptions withTimeout(Duration value) {
    VsphereOptions changed = copy();
    changed.timeout = Objects.requireNonNull(value);
    return changed;
  }

  /** Sets the receiver of one line for each call. */
  public VsphereOptions withTrace(VsphereTrace value) {
    VsphereOptions changed = copy();
    changed.trace = value;
    return changed;
  }

  String server() {
    return server;
  }

  /** Returns the server as it is written in a URL. */
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

  /** Returns the password; null if there is none. */
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

  /** Returns a copy whose password can be wiped without affecting this one. */
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
