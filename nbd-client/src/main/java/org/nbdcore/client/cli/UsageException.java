package org.nbdcore.client.cli;

/** Thrown if the command line is wrong. The message names the error. */
public final class UsageException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message names the argument and what was expected
   */
  public UsageException(String message) {
    super(message);
  }
}
