package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.protocol.OptionReply;

/** Collects the meta contexts in the replies to LIST_META_CONTEXT and SET_META_CONTEXT. */
final class MetaContextReader implements OptionNegotiation.ReplyHandler {

  private final int limit;
  private final List<String> names = new ArrayList<>();
  private final List<Integer> ids = new ArrayList<>();
  private String what = "";

  /**
   * Creates a reader.
   *
   * @param limit maximum number of contexts
   */
  MetaContextReader(int limit) {
    this.limit = limit;
  }

  void what(String text) {
    what = text;
  }

  static ByteBuffer request(byte[] exportName, List<String> queries) {
    int length = 4 + exportName.length + 4;
    List<byte[]> encoded = new ArrayList<>();
    for (String query : queries) {
      byte[] utf8 = OptionNegotiation.name(query);
      encoded.add(utf8);
      length += 4 + utf8.length;
    }
    ByteBuffer data = ByteBuffer.allocate(length);
    OptionNegotiation.putString(data, exportName).putInt(queries.size());
    for (byte[] query : encoded) {
      OptionNegotiation.putString(data, query);
    }
    return data.flip();
  }

  @Override
  public void reply(int type, ByteBuffer data) throws IOException {
    if (type != OptionReply.META_CONTEXT) {
      throw OptionNegotiation.broken(what, "unexpected reply " + OptionReply.name(type));
    }
    if (names.size() == limit) {
      throw OptionNegotiation.broken(
          what, "it chose more contexts than the " + limit + " asked for");
    }
    ids.add(data.getInt());
    names.add(OptionNegotiation.string(data, data.remaining()));
  }

  /** Discards the contexts received before an error. */
  void clear() {
    names.clear();
    ids.clear();
  }

  List<String> names() {
    return List.copyOf(names);
  }

  int[] ids() {
    int[] result = new int[ids.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = ids.get(i);
    }
    return result;
  }
}
