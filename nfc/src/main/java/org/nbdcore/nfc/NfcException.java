package org.nbdcore.nfc;

import java.io.IOException;

/** An error that the server reported for one request. */
public final class NfcException extends IOException {
  private static final long serialVersionUID = 1;

  private final int code;

  NfcException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** Creates the exception for an error reply with a code of VixDiskLib's. */
  static NfcException ofVixCode(int code, String operation) {
    return new NfcException(code, operation + ": error " + code + " (" + VixCode.text(code) + ")");
  }

  /**
   * Returns the number that the server sent: a VIX code for a request that has failed, NFC's own
   * number if the server has ended the session.
   */
  public int code() {
    return code;
  }
}
