package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.Export;

/** Collects the exports in the replies to LIST. */
final class ListReader implements OptionNegotiation.ReplyHandler {

  private final String what;
  private final List<Export> exports = new ArrayList<>();

  ListReader(String what) {
    this.what = what;
  }

  @Override
  public void reply(int type, ByteBuffer data) throws IOException {
    if (type != OptionReply.SERVER) {
      throw OptionNegotiation.broken(what, "unexpected reply " + OptionReply.name(type));
    }
    String name = OptionNegotiation.string(data, data.getInt());
    exports.add(Export.of(name).withDescription(OptionNegotiation.string(data, data.remaining())));
  }

  List<Export> exports() {
    return Collections.unmodifiableList(exports);
  }
}
