package org.nbdcore.server.handshake;

import java.io.IOException;
import org.nbdcore.protocol.Magic;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;

/**
 * The oldstyle handshake: the server sends size and flags, and the client cannot choose anything.
 */
final class OldstyleHandshake {

  /** Zero bytes behind the flags in the older kinds of handshake. */
  static final int RESERVED = 124;

  private OldstyleHandshake() {}

  /** Returns the export, which the caller must close. */
  static OpenExport run(HandshakeWire wire, ExportSelection choice) throws IOException {
    OpenExport export = choice.open(choice.resolve(""));
    wire.putLong(Magic.NBDMAGIC);
    wire.putLong(Magic.CLISERV);
    wire.putLong(export.size);
    // above them the handshake flags, of which none
    wire.putInt(export.transmissionFlags(NegotiatedOptions.NONE));
    wire.putBytes(new byte[RESERVED]);
    wire.flush();
    return choice.take();
  }
}
