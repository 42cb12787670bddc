package org.nbdcore.nfc;

import java.util.Objects;

/**
 * A permission to connect to port 902 of one host, issued by the NFC service of vCenter or ESXi.
 */
public final class NfcTicket {

  private static final int AUTHD_PORT = 902;

  private final String host;
  private final int port;
  private final String service;
  private final String sessionId;
  private final String thumbprint;

  private NfcTicket(String host, int port, String service, String sessionId, String thumbprint) {
    this.host = host;
    this.port = port;
    this.service = service;
    this.sessionId = sessionId;
    this.thumbprint = thumbprint;
  }

  /**
   * Creates a ticket for port 902.
   *
   * @param host name or address of the ESXi host
   * @param service the ticket's service, for example {@code vpxa-nfc} from vCenter or {@code nfc}
   *     from ESXi
   * @param sessionId the secret that identifies the ticket
   * @param thumbprint SHA-1 or SHA-256 of the host's certificate in hexadecimal, with or without
   *     colons
   */
  public static NfcTicket of(String host, String service, String sessionId, String thumbprint) {
    return new NfcTicket(
        line("host", host),
        AUTHD_PORT,
        line("service", service),
        line("session", sessionId),
        line("thumbprint", thumbprint));
  }

  /** Returns this ticket for another TCP port. */
  public NfcTicket withPort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 1 and 65535, not " + port);
    }
    return new NfcTicket(host, port, service, sessionId, thumbprint);
  }

  /** Name or address of the ESXi host. */
  public String host() {
    return host;
  }

  /** TCP port. */
  public int port() {
    return port;
  }

  /** The service that the ticket is for. */
  public String service() {
    return service;
  }

  String sessionId() {
    return sessionId;
  }

  /** The thumbprint that the host's certificate must have. */
  public String thumbprint() {
    return thumbprint;
  }

  /** Describes the ticket without its secret. */
  @Override
  public String toString() {
    return service + " at " + host + ":" + port;
  }

  /** Rejects line breaks: each field becomes part of a line of the login. */
  private static String line(String name, String value) {
    Objects.requireNonNull(value, name);
    if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          name + " of a ticket must be text without control characters");
    }
    return value;
  }
}
