package org.nbdcore.server.handshake;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.failure.Failures;

/** Writes the replies to INFO and GO about an export. */
final class InfoReplies {

  private InfoReplies() {}

  /**
   * Writes the mandatory information and the requested information.
   *
   * @param option the option to reply to
   * @param flags the transmission flags
   * @param wanted the requested information types; unknown ones are ignored
   */
  static void put(
      HandshakeWire wire, int option, OpenExport export, int flags, List<Integer> wanted)
      throws IOException {
    wire.putReply(option, OptionReply.INFO, Short.BYTES + Long.BYTES + Short.BYTES);
    wire.putShort(Info.EXPORT);
    wire.putLong(export.size);
    wire.putShort(flags);
    if (wanted.contains(Info.NAME)) {
      putText(wire, option, Info.NAME, export.name);
    }
    Optional<String> description = export.description;
    if (wanted.contains(Info.DESCRIPTION) && description.isPresent()) {
      putText(wire, option, Info.DESCRIPTION, description.get());
    }
    if (wanted.contains(Info.BLOCK_SIZE)) {
      wire.putReply(option, OptionReply.INFO, Short.BYTES + 3 * Integer.BYTES);
      wire.putShort(Info.BLOCK_SIZE);
      wire.putInt(export.blockSizes.minimum());
      wire.putInt(export.blockSizes.preferred());
      wire.putInt((int) export.blockSizes.maximum());
    }
  }

  private static void putText(HandshakeWire wire, int option, int info, String text)
      throws IOException {
    byte[] bytes = Failures.wireText(text);
    wire.putReply(option, OptionReply.INFO, Short.BYTES + bytes.length);
    wire.putShort(info);
    wire.putBytes(bytes);
  }
}
