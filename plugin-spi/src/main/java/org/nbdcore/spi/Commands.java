package org.nbdcore.spi;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts the user's commands. They get the environment variables and descriptors of the server's
 * caller, and words that are not UTF-8 ({@link FileNames}) as they are. Start programs by this and
 * not by a {@code ProcessBuilder} of your own. All methods may be called by any thread.
 */
public final class Commands {

  private static volatile @Nullable Consumer<ProcessBuilder> preparation; // null without a server

  private Commands() {}

  /** Says what is done to every command; the server calls this once. */
  public static void install(Consumer<ProcessBuilder> newPreparation) {
    preparation = Objects.requireNonNull(newPreparation);
  }

  /** A piece of shell script. */
  public static ProcessBuilder shell(String script) {
    return of(List.of("/bin/sh", "-c", script));
  }

  /** A program and its arguments. */
  public static ProcessBuilder of(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    Consumer<ProcessBuilder> prepare = preparation;
    if (prepare != null) {
      prepare.accept(builder);
    }
    return builder;
  }

  /** The variables that a command gets; a copy. */
  public static Map<String, String> environment() {
    return of(List.of("true")).environment();
  }
}
