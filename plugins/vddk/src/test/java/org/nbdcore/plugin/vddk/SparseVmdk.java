package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A monolithicSparse VMDK of at most 32 MiB, as VMware writes it: one grain table. */
final class SparseVmdk {

  static final int GRAIN = 65536;

  private static final int SECTOR = 512;
  private static final int DESCRIPTOR_AT = 1;
  private static final int DIRECTORY_AT = 21;
  private static final int TABLE_AT = 22;
  private static final int GRAINS_AT = 128;

  private SparseVmdk() {}

  /** Writes a disk whose given grains contain the byte 1. No other grain is allocated. */
  static Path write(Path file, int grains, int... allocated) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(GRAINS_AT * SECTOR + allocated.length * GRAIN)
            .order(ByteOrder.LITTLE_ENDIAN);
    long sectors = (long) grains * GRAIN / SECTOR;
    bytes.putInt(0x564d444b).putInt(1).putInt(1).putLong(sectors).putLong(GRAIN / SECTOR);
    bytes.putLong(DESCRIPTOR_AT).putLong(20).putInt(512);
    bytes.putLong(0).putLong(DIRECTORY_AT).putLong(GRAINS_AT).put((byte) 0);
    bytes.put(new byte[] {'\n', ' ', '\r', '\n'});
    String descriptor =
        "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n"
            + "createType=\"monolithicSparse\"\nRW "
            + sectors
            + " SPARSE \""
            + file.getFileName()
            + "\"\n";
    bytes.position(DESCRIPTOR_AT * SECTOR).put(descriptor.getBytes(StandardCharsets.UTF_8));
    bytes.putInt(DIRECTORY_AT * SECTOR, TABLE_AT);
    for (int i = 0; i < allocated.length; i++) {
      int at = GRAINS_AT * SECTOR + i * GRAIN;
      bytes.putInt(TABLE_AT * SECTOR + 4 * allocated[i], at / SECTOR);
      for (int j = 0; j < GRAIN; j++) {
        bytes.put(at + j, (byte) 1);
      }
    }
    return Files.write(file, bytes.array());
  }
}
