package org.nbdcore.server;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.testkit.OptionData;

/**
 * A target for Jazzer: requests. The first byte chooses between compact and extended headers; the
 * answer must be a sequence of complete replies.
 */
public final class RequestsFuzz {

  private static final FuzzedServer SERVER =
      new FuzzedServer(options -> options.extendedHeaders = true);

  private static final byte[][] HANDSHAKES = {
    handshake(Option.STRUCTURED_REPLY), handshake(Option.EXTENDED_HEADERS)
  };

  private static final int[] GREETINGS = {
    SERVER.answer(HANDSHAKES[0]).length, SERVER.answer(HANDSHAKES[1]).length
  };

  private RequestsFuzz() {}

  private static byte[] handshake(int replies) {
    Bytes all = new Bytes().add(3, 4);
    option(all, replies, new byte[0]);
    option(all, Option.SET_META_CONTEXT, OptionData.metaContexts("", "base:allocation"));
    option(all, Option.GO, OptionData.info(""));
    return all.array();
  }

  private static void option(Bytes all, int option, byte[] data) {
    all.add(Magic.IHAVEOPT, 8).add(option, 4).add(data.length, 4).add(data);
  }

  /** Called by Jazzer, and by CorpusTest with the inputs that Jazzer found. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    int mode = data[0] & 1;
    byte[] requests = Arrays.copyOfRange(data, 1, data.length);
    ByteBuffer answer = ByteBuffer.wrap(SERVER.answer(HANDSHAKES[mode], requests));
    answer.position(GREETINGS[mode]);
    while (answer.hasRemaining()) {
      reply(answer, mode == 1);
    }
  }

  private static void reply(ByteBuffer answer, boolean extended) {
    int magic = answer.getInt();
    if (magic == Magic.SIMPLE_REPLY && !extended) {
      answer.position(answer.position() + Limits.SIMPLE_REPLY_HEADER - Integer.BYTES);
      return;
    }
    if (magic != (extended ? Magic.EXTENDED_REPLY : Magic.STRUCTURED_REPLY)) {
      throw new IllegalStateException("a reply begins with 0x" + Integer.toHexString(magic));
    }
    answer.getShort(); // flags
    int type = answer.getShort() & 0xffff;
    answer.getLong(); // cookie
    if (extended) {
      answer.getLong(); // offset
    }
    long length = extended ? answer.getLong() : answer.getInt() & 0xffff_ffffL;
    if (length < minimumLength(type, extended) || length > answer.remaining()) {
      throw new IllegalStateException("a chunk of type " + type + " has " + length + " bytes");
    }
    answer.position(answer.position() + (int) length);
  }

  private static int minimumLength(int type, boolean extended) {
    return switch (type) {
      case ReplyType.NONE -> 0;
      case ReplyType.OFFSET_DATA -> 9;
      case ReplyType.OFFSET_HOLE -> 12;
      case ReplyType.BLOCK_STATUS -> extended ? Integer.MAX_VALUE : 12;
      case ReplyType.BLOCK_STATUS_EXT -> extended ? 24 : Integer.MAX_VALUE;
      case ReplyType.ERROR -> 6;
      case ReplyType.ERROR_OFFSET -> 14;
      default -> Integer.MAX_VALUE;
    };
  }
}
