package org.nbdcore.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Creates the data of well-formed options. Tests send it complete, truncated or modified. */
public final class OptionData {

  private OptionData() {}

  /**
   * The data of {@code NBD_OPT_INFO} and {@code NBD_OPT_GO}.
   *
   * @param wanted the requested information types, from {@link org.nbdcore.protocol.Info}
   */
  public static byte[] info(String exportName, int... wanted) {
    byte[] name = utf8(exportName);
    ByteBuffer data = ByteBuffer.allocate(4 + name.length + 2 + 2 * wanted.length);
    data.putInt(name.length).put(name).putShort((short) wanted.length);
    for (int info : wanted) {
      data.putShort((short) info);
    }
    return data.array();
  }

  /** The data of {@code NBD_OPT_LIST_META_CONTEXT} and {@code NBD_OPT_SET_META_CONTEXT}. */
  public static byte[] metaContexts(String exportName, String... queries) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    text(data, exportName);
    data.writeBytes(number(queries.length));
    for (String query : queries) {
      text(data, query);
    }
    return data.toByteArray();
  }

  private static void text(ByteArrayOutputStream data, String text) {
    byte[] bytes = utf8(text);
    data.writeBytes(number(bytes.length));
    data.writeBytes(bytes);
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
