package org.nbdcore.spi;

import java.util.Objects;

/** A flag for developers, set with {@code -D plugin.name=N}: one immutable value. */
public final class DebugFlag {

  private final String name;
  private final String description;
  private final int initial;

  private DebugFlag(String name, String description, int initial) {
    this.name = Objects.requireNonNull(name, "name");
    this.description = Objects.requireNonNull(description, "description");
    this.initial = initial;
  }

  /**
   * Creates a flag that is 0 unless the command line sets it.
   *
   * @param name without the plugin's or filter's own name
   * @param description one line for {@code --help}
   */
  public static DebugFlag of(String name, String description) {
    return new DebugFlag(name, description, 0);
  }

  /** The name, without the plugin's or filter's own name. */
  public String name() {
    return name;
  }

  /** One line for {@code --help}. */
  public String description() {
    return description;
  }

  /** The value if the command line does not set it. */
  public int initial() {
    return initial;
  }

  /** Changes {@link #initial}. */
  public DebugFlag withInitial(int value) {
    return new DebugFlag(name, description, value);
  }

  @Override
  public String toString() {
    return "DebugFlag[name=" + name + ", initial=" + initial + "]";
  }
}
