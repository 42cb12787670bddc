package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;

/** Raw disks for the fake to serve, and how to read and write them. */
final class Disks {

  private Disks() {}

  /** Makes a disk of random bytes. */
  static byte[] random(Path file, int size, long seed) throws IOException {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return content;
  }

  static void write(BlockDevice device, long offset, byte[] bytes, Flags flags) throws IOException {
    device.write(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), offset, flags);
  }
}
