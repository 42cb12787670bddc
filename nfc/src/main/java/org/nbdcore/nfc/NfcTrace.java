package org.nbdcore.nfc;

/**
 * Receives one line for each message sent and received. Use it to find out how a real server
 * differs.
 */
@FunctionalInterface
public interface NfcTrace {
  /**
   * Called from several threads. The line never contains a ticket, a password or the data of a
   * disk.
   */
  void message(String line);
}
