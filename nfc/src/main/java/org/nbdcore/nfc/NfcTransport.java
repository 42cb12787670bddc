package org.nbdcore.nfc;

/** How blocks are transferred between ESXi and the client. The login itself is always encrypted. */
public enum NfcTransport {
  /** Unencrypted blocks. Newer hosts may refuse it. */
  NBD,
  /** Blocks inside TLS. */
  NBDSSL;

  /** Returns the name of the proxy service to request from authd. */
  String proxy(String service) {
    return this == NBD || service.endsWith("ssl") ? service : service + "ssl";
  }
}
