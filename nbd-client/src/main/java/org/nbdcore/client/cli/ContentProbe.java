package org.nbdcore.client.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.protocol.NbdUri;

/** Determines the type of an export's contents from its beginning, with file(1). */
final class ContentProbe {

  private static final int LENGTH = 1 << 16;

  private ContentProbe() {}

  /** The output of file(1), or null if it is not installed or the export is empty. */
  static String probe(NbdUri uri) throws IOException {
    byte[] start;
    try (NbdClient client =
        NbdClient.connect(uri, ConnectOptions.defaults().withMetaContexts(List.of()))) {
      long length = Math.min(LENGTH, client.size());
      length -= length % client.export().minimumBlockSize();
      if (length == 0) {
        return null;
      }
      start = new byte[(int) length];
      client.read(ByteBuffer.wrap(start), 0);
    }
    Process file;
    try {
      file = new ProcessBuilder("file", "-b", "-").start();
    } catch (IOException e) {
      return null;
    }
    try (OutputStream in = file.getOutputStream()) {
      in.write(start);
    } catch (IOException e) {
      // file(1) stops reading once it knows the type.
    }
    return new String(file.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
  }
}
