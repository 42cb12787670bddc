package org.nbdcore.spi;

/** A parameter is wrong, missing or in conflict with another. The message is one line. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * Reports a problem.
   *
   * @param message one line that names the parameter, its value and what was expected
   */
  public ConfigException(String message) {
    super(message);
  }

  /** Reports a problem that another exception caused. */
  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
