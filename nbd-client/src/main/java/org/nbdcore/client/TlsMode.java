package org.nbdcore.client;

/** Whether a connection is encrypted. */
public enum TlsMode {
  /** TLS if the URI asks for it (nbds), otherwise none. */
  BY_URI,
  /** TLS or no connection. */
  REQUIRED,
  /** TLS where the server has it, else plain; a third party on the way can prevent it. */
  PREFERRED
}
