package org.nbdcore.server.handshake;

import java.io.IOException;
import org.nbdcore.protocol.Magic;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;

/**
 * The oldstyle handshake: the server sends size and flags, and the client cannot negotiate
 * anything.
 */
final class OldstyleHandshake {

  /** Number of zero bytes after the flags in the older handshakes. */
  static final int RESERVED = 124;

  private OldstyleHandshake() {}

  /** Returns the export, which the caller must close. */
  static OpenExport run(HandshakeWire wire, ExportSelection choice) throws IOException {
    OpenExport export = choice.open(choice.resolve(""));
    wire.putLong(Magic.NBDMAGIC);
    wire.putLong(Magic.CLISERV);
    wire.putLong(export.size);
    // the upper 16 bits are the handshake flags: none
    wire.putInt(export.transmissionFlags(NegotiatedOptions.NONE));
    wire.putBytes(new byte[RESERVED]);
    wire.flush();
    return choice.take();
  }
}
