package org.nbdcore.client;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;

/** Sends options and reads their replies. For one thread at a time. */
final class OptionNegotiation {

  /** The data of an option without data. */
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  /** Maximum size of one reply's data: two strings of maximum length and their lengths. */
  static final int MAX_REPLY = 2 * Limits.MAX_STRING + 64;

  /**
   * Maximum size of all replies to one option, so that a server cannot fill our memory with a list.
   */
  static final int MAX_ANSWER = 16 << 20;

  /** Processes one reply that is neither ACK nor an error. */
  interface ReplyHandler {
    void reply(int type, ByteBuffer data) throws IOException;
  }

  private final WireInput in;
  private final WireOutput out;

  OptionNegotiation(WireInput in, WireOutput out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Sends an option and passes its replies on, until the last one.
   *
   * @param what for messages, such as {@code option GO for export "x"}
   * @throws NbdClientException if the server refuses it
   */
  void ask(int option, ByteBuffer data, String what, ReplyHandler handler) throws IOException {
    send(option, data);
    long budget = MAX_ANSWER;
    while (true) {
      if (in.readLong() != Magic.OPTION_REPLY) {
        throw broken(what, "its reply has a wrong magic number");
      }
      if (in.readInt() != option) {
        throw broken(what, "its reply belongs to another option");
      }
      int type = in.readInt();
      long length = Integer.toUnsignedLong(in.readInt());
      if (length > MAX_REPLY) {
        throw broken(what, "its reply has " + length + " bytes; at most " + MAX_REPLY + " fit");
      }
      budget -= length + Limits.OPTION_REPLY_HEADER;
      if (budget < 0) {
        throw broken(what, "its replies take more than " + MAX_ANSWER + " bytes");
      }
      byte[] reply = in.readBytes((int) length);
      if (type == OptionReply.ACK) {
        return;
      }
      if (type < 0) {
        throw NbdClientException.option(what, type, ErrorTexts.printable(reply));
      }
      try {
        handler.reply(type, ByteBuffer.wrap(reply));
      } catch (BufferUnderflowException e) {
        throw broken(what, "its reply " + OptionReply.name(type) + " is too short");
      }
    }
  }

  /** Sends an option without waiting for a reply. */
  void send(int option, ByteBuffer data) throws IOException {
    ByteBuffer message = ByteBuffer.allocate(Limits.OPTION_HEADER + data.remaining());
    message.putLong(Magic.IHAVEOPT).putInt(option).putInt(data.remaining()).put(data).flip();
    out.write(message);
  }

  static NbdClientException broken(String what, String why) {
    return NbdClientException.broken(what + ": the server broke the protocol: " + why, null);
  }

  /** Encodes a string with its length in front, as in the data of options. */
  static ByteBuffer putString(ByteBuffer message, byte[] utf8) {
    return message.putInt(utf8.length).put(utf8);
  }

  /** Returns an export name's bytes. Fails if the protocol does not allow the name. */
  static byte[] name(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > Limits.MAX_STRING || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a name must have at most "
              + Limits.MAX_STRING
              + " bytes and no NUL, not "
              + utf8.length
              + " bytes");
    }
    return utf8;
  }

  /** Reads {@code length} bytes of UTF-8. */
  static String string(ByteBuffer data, int length) {
    if (length < 0 || length > data.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[length];
    data.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** For messages. */
  static String describe(int option, @Nullable String exportName) {
    return "option "
        + Option.name(option)
        + (exportName == null ? "" : " for export \"" + ErrorTexts.printable(exportName) + "\"");
  }
}
