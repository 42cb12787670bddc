package org.nbdcore.vsphere;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A managed object reference: identifies an object of the server.
 *
 * @param type for example {@code VirtualMachine}
 * @param value for example {@code vm-16}
 */
public record MoRef(String type, String value) {

  private static final Pattern SESSION = Pattern.compile("session\\[[^\\]]*+]");

  /** Checks that neither part is empty. */
  public MoRef {
    Objects.requireNonNull(type);
    Objects.requireNonNull(value);
    if (type.isEmpty() || value.isEmpty()) {
      throw new IllegalArgumentException(
          "a reference needs a type and a value, not '" + type + "' and '" + value + "'");
    }
  }

  /**
   * Text for messages. Leaves out a view's reference, because it contains the key of the session.
   */
  @Override
  public String toString() {
    return type + ":" + SESSION.matcher(value).replaceAll("session[...]");
  }
}
