package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The messages of fixed length that precede asynchronous I/O, and the last message of a session.
 */
final class ClassicFrame {

  static final int SIZE = 264;

  /** Protocol version of this client. */
  static final int VERSION = 11;

  static final int SESSION_COMPLETE = 4;
  static final int ERROR = 20;
  static final int SESSION_PARAMETERS = 33;
  static final int SESSION_PARAMETERS_REPLY = 36;
  static final int HANDSHAKE = 43;
  static final int PROTOCOL_VERSION = 51;
  static final int AIO_SESSION = 52;
  static final int CONNECTION_DATA = 54;
  static final int FEATURES = 55;

  private static final int LONGEST_ERROR_TEXT = 4096;

  private ClassicFrame() {}

  /** Encodes a message with up to four words after its type. */
  static ByteBuffer of(int type, int... words) {
    ByteBuffer frame = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(type);
    for (int word : words) {
      frame.putInt(word);
    }
    return frame.clear();
  }

  /** Encodes the first message. Its word says that the client sends no thumbprint. */
  static ByteBuffer handshake() {
    ByteBuffer frame = of(HANDSHAKE);
    frame.put(Integer.BYTES, "PlainText".getBytes(StandardCharsets.US_ASCII));
    return frame;
  }

  /** Encodes two words that describe the client. They follow their message without a frame. */
  static ByteBuffer connectionData() {
    byte[] client = "vddk".getBytes(StandardCharsets.US_ASCII);
    byte[] mode = "nbdmode".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer data = ByteBuffer.allocate(SIZE + client.length + mode.length);
    data.put(of(CONNECTION_DATA, client.length, mode.length)).put(client).put(mode);
    return data.flip();
  }

  /** Checks the type of a complete message. Reads the text that follows an error. */
  static void expect(int type, ByteBuffer frame, BlockingWire wire) throws IOException {
    int actual = frame.getInt(0);
    if (actual == type) {
      return;
    }
    if (actual != ERROR) {
      throw new NfcProtocolException(
          "message " + Integer.toUnsignedString(actual) + ", expected " + type);
    }
    int kind = frame.getInt(4);
    int length = frame.getInt(12);
    if (length < 0 || length > LONGEST_ERROR_TEXT) {
      throw new NfcProtocolException(
          "an error text of "
              + Integer.toUnsignedString(length)
              + " bytes, expected at most "
              + LONGEST_ERROR_TEXT);
    }
    ByteBuffer text = ByteBuffer.allocate(length);
    wire.readFully(text);
    throw new NfcException(
        kind, "NFC error " + kind + "/" + frame.getInt(8) + ": " + printable(text.array()));
  }

  /** Returns the text up to its terminating zero, without control characters. */
  static String printable(byte[] text) {
    StringBuilder out = new StringBuilder();
    for (char c : new String(text, StandardCharsets.UTF_8).toCharArray()) {
      if (c == 0 || out.length() == 200) {
        break;
      }
      out.append(Character.isISOControl(c) ? '?' : c);
    }
    return out.toString();
  }
}
