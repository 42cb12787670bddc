package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.BlockSizes;

/** Collects the replies to INFO and GO. */
final class ExportInfoReader implements OptionNegotiation.ReplyHandler {

  private static final int MAX_MINIMUM = 1 << 16;
  private static final int MIN_PREFERRED = 512;
  private static final int MAX_PREFERRED = 1 << 25;

  private final String what;
  private String name;
  private String description = "";
  private long size = -1;
  private int flags;
  private @Nullable BlockSizes blockSizes;

  ExportInfoReader(String name, String what) {
    this.name = name;
    this.what = what;
  }

  /** Builds the data of INFO or GO: the name and the requested information types. */
  static ByteBuffer request(byte[] name) {
    ByteBuffer data = ByteBuffer.allocate(4 + name.length + 2 + 3 * 2);
    OptionNegotiation.putString(data, name).putShort((short) 3);
    data.putShort((short) Info.NAME);
    data.putShort((short) Info.DESCRIPTION);
    return data.putShort((short) Info.BLOCK_SIZE).flip();
  }

  @Override
  public void reply(int type, ByteBuffer data) throws IOException {
    if (type != OptionReply.INFO) {
      throw OptionNegotiation.broken(what, "unexpected reply " + OptionReply.name(type));
    }
    switch (data.getShort()) {
      case Info.EXPORT:
        size(data.getLong());
        flags = Short.toUnsignedInt(data.getShort());
        break;
      case Info.NAME:
        name = OptionNegotiation.string(data, data.remaining());
        break;
      case Info.DESCRIPTION:
        description = OptionNegotiation.string(data, data.remaining());
        break;
      case Info.BLOCK_SIZE:
        blockSizes(data.getInt(), data.getInt(), data.getInt());
        break;
      default:
        // Clients must ignore unknown information types.
    }
  }

  void size(long bytes) throws NbdClientException {
    if (bytes < 0) {
      throw NbdClientException.broken(
          what
              + ": an export of "
              + Long.toUnsignedString(bytes)
              + " bytes is too large; at most 2^63 - 1 are possible",
          null);
    }
    size = bytes;
  }

  void flags(int value) {
    flags = value;
  }

  private void blockSizes(int minimum, int preferred, int maximumPayload) throws IOException {
    long maximum = Integer.toUnsignedLong(maximumPayload);
    if (minimum < 1
        || minimum > MAX_MINIMUM
        || Integer.bitCount(minimum) != 1
        || Integer.bitCount(preferred) != 1
        || preferred < minimum
        || maximum < minimum) {
      throw OptionNegotiation.broken(
          what, "block sizes " + minimum + ", " + preferred + ", " + maximum + " make no sense");
    }
    blockSizes =
        BlockSizes.of(
            minimum,
            Math.max(Math.max(minimum, MIN_PREFERRED), Math.min(preferred, MAX_PREFERRED)),
            maximum == BlockSizes.UNLIMITED ? maximum : maximum - maximum % minimum);
  }

  /** Returns the information read so far. DF counts only if structured replies were negotiated. */
  ExportInfo result(List<String> metaContexts, boolean structuredReplies) throws IOException {
    if (size < 0) {
      throw OptionNegotiation.broken(what, "it did not send the export's size");
    }
    int valid = structuredReplies ? flags : flags & ~TransmissionFlags.SEND_DF;
    return new ExportInfo(name, description, size, valid, blockSizes, metaContexts);
  }
}
