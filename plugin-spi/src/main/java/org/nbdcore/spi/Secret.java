package org.nbdcore.spi;

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

  /** The password in UTF-8; bytes of it that were given in another encoding as they are. */
  public byte[] bytes() {
    return FileNames.encode(value);
  }

  @Override
  public String toString() {
    return "********";
  }
}
