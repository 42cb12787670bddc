package org.nbdcore.cli.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nbdcore.spi.ConfigException;

/** Collects the errors of a configuration file, so that one run reports them all. */
public final class ConfigErrors {

  private record Error(int line, String message) {}

  private final String file;
  private final List<Error> errors = new ArrayList<>();

  /**
   * Starts without errors.
   *
   * @param file the name of the file, as the user wrote it
   */
  public ConfigErrors(String file) {
    this.file = file;
  }

  /**
   * Adds an error.
   *
   * @param line of the file, or 0 if the error is about the file as a whole
   */
  public void add(int line, String message) {
    errors.add(new Error(line, message));
  }

  /** Returns the name of the file. */
  public String file() {
    return file;
  }

  /** Returns the number of errors. */
  public int count() {
    return errors.size();
  }

  /** Returns {@code FILE:LINE: MESSAGE} of each error, in the order of the lines. */
  public List<String> messages() {
    return errors.stream()
        .sorted(Comparator.comparingInt(Error::line))
        .map(error -> file + (error.line > 0 ? ":" + error.line : "") + ": " + error.message)
        .toList();
  }

  /**
   * Throws if there are errors.
   *
   * @throws ConfigException with all of them; see {@link #messages(Throwable)}
   */
  public void throwIfAny() throws ConfigException {
    if (!errors.isEmpty()) {
      List<String> all = messages();
      throw new ConfigException(String.join("; ", all), new Several(all));
    }
  }

  /** Returns the errors in an exception of {@link #throwIfAny}; empty for any other exception. */
  public static List<String> messages(Throwable failure) {
    return failure.getCause() instanceof Several several ? several.messages : List.of();
  }

  /** Carries the errors of a file. */
  private static final class Several extends Exception {

    private static final long serialVersionUID = 1L;

    private final ArrayList<String> messages;

    Several(List<String> messages) {
      super("errors in a configuration file");
      this.messages = new ArrayList<>(messages);
    }
  }
}
