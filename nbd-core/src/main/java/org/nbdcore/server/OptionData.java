package org.nbdcore.server;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.nbdcore.protocol.Limits;

/** The data of one option, read field by field. What does not fit is reported as a refusal. */
final class OptionData {

  /** The longest data that is looked at: room for an export name and several queries. */
  static final int MAX = 1 << 16;

  private final ByteBuffer data;

  OptionData(byte[] data) {
    this.data = ByteBuffer.wrap(data);
  }

  boolean isEmpty() {
    return !data.hasRemaining();
  }

  /** A number of 16 bits, not negative. */
  int number16() throws OptionRefused {
    try {
      return data.getShort() & 0xffff;
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  /** A number of 32 bits, not negative. */
  long number32() throws OptionRefused {
    try {
      return data.getInt() & 0xffff_ffffL;
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  /** A string behind its length of 32 bits. */
  String string() throws OptionRefused {
    long length = number32();
    if (length > data.remaining()) {
      throw tooShort();
    }
    return string((int) length);
  }

  /** A string that takes up all that is left. */
  String rest() throws OptionRefused {
    return string(data.remaining());
  }

  private String string(int length) throws OptionRefused {
    if (length > Limits.MAX_STRING) {
      throw new OptionRefused(
          "a string of " + length + " bytes is longer than " + Limits.MAX_STRING);
    }
    ByteBuffer bytes = data.slice(data.position(), length);
    data.position(data.position() + length);
    try {
      String string = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      if (string.indexOf('\0') >= 0) {
        throw new OptionRefused("a string has a zero byte in it");
      }
      return string;
    } catch (CharacterCodingException e) {
      throw new OptionRefused("a string is not valid UTF-8");
    }
  }

  /** To be called when all fields are read. */
  void end() throws OptionRefused {
    if (data.hasRemaining()) {
      throw new OptionRefused(data.remaining() + " bytes are left over at the end of the option");
    }
  }

  private static OptionRefused tooShort() {
    return new OptionRefused("the option ends in the middle of a field");
  }
}
