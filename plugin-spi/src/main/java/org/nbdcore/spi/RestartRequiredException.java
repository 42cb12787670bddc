package org.nbdcore.spi;

import java.io.IOException;
import java.util.Map;

/**
 * Thrown by {@link Plugin#start} if a library needs an environment variable that is read only when
 * the process starts, such as LD_LIBRARY_PATH. The server then undoes what it began, and starts the
 * program again in the same process with that environment. If it cannot, the user sees the message.
 */
public final class RestartRequiredException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> environment;
  private final transient Map<String, Secret> secrets;

  /**
   * Asks for a restart.
   *
   * @param message why; one line
   * @param environment the variables to set. What the server runs for the user sees the user's own
   * @param secrets parameters to pass on a descriptor instead of the command line: made by {@link
   *     Parameter#password}, and not to be asked for a second time
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

  /** Values of parameters, by their keys, that must not be seen on a command line. */
  public Map<String, Secret> secrets() {
    return secrets;
  }
}
