package org.nbdcore.server.handshake;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.nbdcore.protocol.Limits;

/** Parses the data of one option, field by field. Refuses malformed data. */
final class OptionPayload {

  /** Maximum length of the data: room for an export name and several queries. */
  static final int MAX = 1 << 16;

  private final ByteBuffer data;

  OptionPayload(byte[] data) {
    this.data = ByteBuffer.wrap(data);
  }

  boolean isEmpty() {
    return !data.hasRemaining();
  }

  /** An unsigned 16-bit number. */
  int number16() throws InvalidOptionException {
    try {
      return data.getShort() & 0xffff;
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  /** An unsigned 32-bit number. */
  long number32() throws InvalidOptionException {
    try {
      return data.getInt() & 0xffff_ffffL;
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  /** A string after its 32-bit length. */
  String string() throws InvalidOptionException {
    long length = number32();
    if (length > data.remaining()) {
      throw tooShort();
    }
    return string((int) length);
  }

  /** A string that fills the rest of the data. */
  String rest() throws InvalidOptionException {
    return string(data.remaining());
  }

  private String string(int length) throws InvalidOptionException {
    if (length > Limits.MAX_STRING) {
      throw new InvalidOptionException(
          "a string of " + length + " bytes is longer than " + Limits.MAX_STRING);
    }
    ByteBuffer bytes = data.slice(data.position(), length);
    data.position(data.position() + length);
    try {
      String string = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      if (string.indexOf('\0') >= 0) {
        throw new InvalidOptionException("a string has a zero byte in it");
      }
      return string;
    } catch (CharacterCodingException e) {
      throw new InvalidOptionException("a string is not valid UTF-8");
    }
  }

  /** Call this after the last field. Refuses trailing data. */
  void end() throws InvalidOptionException {
    if (data.hasRemaining()) {
      throw new InvalidOptionException(
          data.remaining() + " unexpected bytes at the end of the option");
    }
  }

  private static InvalidOptionException tooShort() {
    return new InvalidOptionException("the option ends in the middle of a field");
  }
}
