package org.nbdcore.spi;

import java.util.Objects;

/** An entry of the list of exports: one immutable value. */
public final class Export {

  private final String name;
  private final String description;

  private Export(String name, String description) {
    this.name = Objects.requireNonNull(name, "name");
    this.description = Objects.requireNonNull(description, "description");
  }

  /**
   * Creates an export without a description.
   *
   * @param name the name that a client sends to open it, at most 4096 bytes of UTF-8
   */
  public static Export of(String name) {
    return new Export(name, "");
  }

  /** The name that a client sends to open it, at most 4096 bytes of UTF-8. */
  public String name() {
    return name;
  }

  /** Human-readable text, or the empty string. */
  public String description() {
    return description;
  }

  /** Changes {@link #description}. */
  public Export withDescription(String value) {
    return new Export(name, value);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Export other
        && name.equals(other.name)
        && description.equals(other.description);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, description);
  }

  @Override
  public String toString() {
    return "Export[name=" + name + ", description=" + description + "]";
  }
}
