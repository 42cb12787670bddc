package org.nbdcore.client.cli;

/** The command line is wrong; the message says how. */
public final class UsageException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Says how the command line is wrong. */
  public UsageException(String message) {
    super(message);
  }
}
