package org.nbdcore.vsphere;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A reference to an object of the server's.
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

  /** For messages: a view's reference holds the key of the session, which is left out. */
  @Override
  public String toString() {
    return type + ":" + SESSION.matcher(value).replaceAll("session[...]");
  }
}
