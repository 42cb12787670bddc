package org.nbdcore.client;

/** Whether a connection is encrypted. */
public enum TlsMode {
  /** TLS if the URI requires it (nbds), otherwise none. */
  BY_URI,
  /** TLS; the connection fails if the server does not support it. */
  REQUIRED,
  /**
   * TLS if the server supports it, otherwise plain text. An attacker in the network can suppress
   * TLS.
   */
  PREFERRED
}
