package org.nbdcore.spi;

import java.nio.charset.StandardCharsets;

/** A password. Printing it shows nothing of it. */
public final class Secret {

  private final String value;

  /** Keeps {@code value}. */
  public Secret(String value) {
    this.value = value;
  }

  /** The password itself; may be empty. */
  public String reveal() {
    return value;
  }

  /** The password in UTF-8. */
  public byte[] bytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "********";
  }
}
