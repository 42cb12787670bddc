package org.nbdcore.client;

/** Whether a connection is encrypted. */
public enum TlsMode {
  /** TLS if the URI asks for it (nbds), otherwise none. */
  BY_URI,
  /** TLS or no connection. */
  REQUIRED,
  /**
   * TLS if the server supports it, otherwise plain text. An attacker in the network can prevent
   * TLS.
   */
  PREFERRED
}
