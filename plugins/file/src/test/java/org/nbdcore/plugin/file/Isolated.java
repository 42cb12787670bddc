package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** What {@link WithoutJnaTest} runs in a class loader of its own. */
public final class Isolated {

  private Isolated() {}

  /** Calls the operations that work without JNA. Zeroes the bytes from 100 to 5100. */
  public static String useAll(String path) throws IOException {
    try (FileDevice device = FileDevice.open(Path.of(path), false, Session.DETACHED)) {
      Capabilities offered = device.capabilities();
      Extents extents = new Extents(0, device.size(), 10);
      device.extents(0, device.size(), Flags.NONE, extents);
      device.trim(9000, 10, Flags.NONE);
      device.zero(100, 5000, Flags.MAY_TRIM);
      String fast = "done";
      try {
        device.zero(6000, 100, Flags.FAST_ZERO);
      } catch (NbdException e) {
        fast = e.error().name();
      }
      return "extents=%s trim=%s fastZero=%s runs=%d type=%d fast=%s"
          .formatted(
              offered.extents(),
              offered.trim(),
              offered.fastZero(),
              extents.size(),
              extents.type(0),
              fast);
    }
  }

  /** Reads, writes and flushes, as most connections do. */
  public static String readAndWrite(String path) throws IOException {
    try (FileDevice device = FileDevice.open(Path.of(path), false, Session.DETACHED)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(100);
      device.read(buffer, 0);
      device.write(buffer.flip(), 200, Flags.FUA);
      device.flush();
      return device.capabilities().toString();
    }
  }
}
