package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sends the messages between the login and asynchronous I/O. */
final class ClassicHandshake {

  /** Flag by which the server announces messages about versions. */
  private static final int HAS_VERSION = 1;

  /** First protocol version that asks for a description of the client. */
  private static final int WITH_CONNECTION_DATA = 3;

  private static final int FEATURES = 3; // interruption, switching hosts

  private final BlockingWire wire;
  private final NfcOptions options;

  ClassicHandshake(BlockingWire wire, NfcOptions options) {
    this.wire = wire;
    this.options = options;
  }

  void run() throws IOException {
    if (options.libraryVersion() >= ClassicFrame.VERSION) {
      send(ClassicFrame.handshake());
    }
    send(ClassicFrame.of(ClassicFrame.SESSION_PARAMETERS));
    ByteBuffer parameters = expect(ClassicFrame.SESSION_PARAMETERS_REPLY);
    if ((parameters.getInt(16) & HAS_VERSION) == 0) {
      throw new NfcProtocolException(
          "this host offers no asynchronous I/O; ESXi 6.5 or newer is needed");
    }
    send(ClassicFrame.of(ClassicFrame.PROTOCOL_VERSION, ClassicFrame.VERSION));
    int version = expect(ClassicFrame.PROTOCOL_VERSION).getInt(4);
    if (version >= WITH_CONNECTION_DATA) {
      send(ClassicFrame.connectionData());
    }
    send(ClassicFrame.of(ClassicFrame.FEATURES, FEATURES));
    send(ClassicFrame.of(ClassicFrame.AIO_SESSION));
    expect(ClassicFrame.AIO_SESSION);
  }

  private void send(ByteBuffer frame) throws IOException {
    options.trace("nfc > message " + frame.order(ByteOrder.LITTLE_ENDIAN).getInt(0));
    wire.write(frame);
  }

  private ByteBuffer expect(int type) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(ClassicFrame.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    wire.readFully(frame);
    if (options.tracing()) {
      options.trace(
          "nfc < message "
              + frame.getInt(0)
              + ": "
              + frame.getInt(4)
              + " "
              + frame.getInt(8)
              + " "
              + frame.getInt(12)
              + " "
              + frame.getInt(16));
    }
    ClassicFrame.expect(type, frame, wire);
    return frame;
  }
}
