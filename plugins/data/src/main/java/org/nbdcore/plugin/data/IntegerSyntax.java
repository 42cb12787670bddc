package org.nbdcore.plugin.data;

import org.nbdcore.spi.ConfigException;

/** Numbers of several bytes: {@code le16:}, {@code be32:} and the like. */
final class IntegerSyntax {

  private IntegerSyntax() {}

  static Literal parse(
      String type, String number, SourcePosition position, SourcePosition numberPosition)
      throws ConfigException {
    int bits =
        switch (type) {
          case "le16", "be16" -> Short.SIZE;
          case "le32", "be32" -> Integer.SIZE;
          case "le64", "be64" -> Long.SIZE;
          default ->
              throw position.error(
                  "must be le16, be16, le32, be32, le64 or be64, not '" + type + "'");
        };
    long value = NumberSyntax.unsigned(number, bits, numberPosition);
    byte[] bytes = new byte[bits / Byte.SIZE];
    for (int i = 0; i < bytes.length; i++) {
      int index = type.startsWith("le") ? i : bytes.length - 1 - i;
      bytes[index] = (byte) (value >>> i * Byte.SIZE);
    }
    return new Literal(bytes);
  }
}
