package org.nbdcore.spi;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the user's commands. A command gets the environment variables and the open descriptors
 * of the process that started the server. Arguments that are not UTF-8 ({@link FileNames}) reach it
 * byte for byte. Use this class instead of {@code new ProcessBuilder}. Safe for use by several
 * threads.
 */
public final class Commands {

  private static volatile @Nullable Consumer<ProcessBuilder> preparation; // null without a server

  private Commands() {}

  /** Sets the function that prepares every command. Only the server calls this, once. */
  public static void install(Consumer<ProcessBuilder> newPreparation) {
    preparation = Objects.requireNonNull(newPreparation);
  }

  /** A command that runs {@code script} with {@code /bin/sh -c}. The caller starts it. */
  public static ProcessBuilder shell(String script) {
    return of(List.of("/bin/sh", "-c", script));
  }

  /**
   * A command that runs a program. The caller starts it.
   *
   * @param words the program and its arguments
   */
  public static ProcessBuilder of(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    Consumer<ProcessBuilder> prepare = preparation;
    if (prepare != null) {
      prepare.accept(builder);
    }
    return builder;
  }

  /** A copy of the environment variables that a command gets. */
  public static Map<String, String> environment() {
    return of(List.of("true")).environment();
  }
}
