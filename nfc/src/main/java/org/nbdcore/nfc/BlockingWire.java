package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A connection on which one thread sends requests and reads replies. */
interface BlockingWire {

  /** Fills the buffer and sets its position back to 0. */
  void readFully(ByteBuffer dst) throws IOException;

  /** Sends the buffer's remaining bytes. */
  void write(ByteBuffer src) throws IOException;
}
