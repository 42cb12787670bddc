package org.nbdcore.spi;

import java.io.IOException;
import java.util.Map;

/**
 * Thrown by {@link Plugin#start} if a library needs an environment variable that is read only when
 * the process starts, such as LD_LIBRARY_PATH. The server then closes the layers that it has
 * started, and executes its program again in the same process with that environment. If this fails,
 * the user sees the message.
 */
public final class RestartRequiredException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> environment;
  private final transient Map<String, Secret> secrets;

  /**
   * Asks for a restart.
   *
   * @param message why; one line
   * @param environment the variables to set. Commands that the server starts for the user do not
   *     see them
   * @param secrets passwords that the user has already entered, by the keys of their parameters.
   *     They are passed through a descriptor instead of the command line. The parameters must be
   *     made by {@link Parameter#password}
   */
  public RestartRequiredException(
      String message, Map<String, String> environment, Map<String, Secret> secrets) {
    super(message);
    this.environment = Map.copyOf(environment);
    this.secrets = Map.copyOf(secrets);
  }

  /** The variables to set. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Values that must not appear on a command line, by the keys of their parameters. */
  public Map<String, Secret> secrets() {
    return secrets;
  }
}
