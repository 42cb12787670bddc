package org.nbdcore.plugin.vddk;

import java.util.regex.Pattern;

/** SHA-1 thumbprints of certificates, as people write them. */
final class Thumbprints {

  private static final Pattern FORM = Pattern.compile("\\p{XDigit}{2}(:\\p{XDigit}{2}){19}");

  private Thumbprints() {}

  static boolean wellFormed(String text) {
    return FORM.matcher(text).matches();
  }
}
