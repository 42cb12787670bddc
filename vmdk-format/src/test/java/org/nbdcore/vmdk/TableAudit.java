package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** Checks the tables of a sparse extent, at the offsets of the specification. */
final class TableAudit {
  private static final int SECTOR = 512;

  private TableAudit() {}

  /**
   * Checks that all entries refer to different positions within the file.
   *
   * @param closed whether the extent was closed: then the copies agree and it is marked as clean
   * @return how many grains are stored
   */
  static int check(byte[] file, boolean closed) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.getInt(0) == 0x44574f43 ? cowd(bytes, closed) : hosted(bytes, closed);
  }

  private static int hosted(ByteBuffer bytes, boolean closed) {
    int flags = bytes.getInt(8);
    long capacity = bytes.getLong(12);
    long grain = bytes.getLong(20);
    int entries = bytes.getInt(44);
    boolean zeroed = (flags & 4) != 0;
    Map<Integer, Integer> primary =
        walk(bytes, (int) bytes.getLong(56), capacity, grain, entries, zeroed);
    if ((flags & 2) != 0) {
      Map<Integer, Integer> copy =
          walk(bytes, (int) bytes.getLong(48), capacity, grain, entries, zeroed);
      if (closed) {
        assertThat(copy).as("redundant tables").isEqualTo(primary);
      }
    }
    if (closed) {
      assertThat(bytes.get(72)).as("uncleanShutdown").isZero();
    }
    return primary.size();
  }

  private static int cowd(ByteBuffer bytes, boolean closed) {
    Map<Integer, Integer> grains =
        walk(bytes, bytes.getInt(20), bytes.getInt(12), bytes.getInt(16), 4096, false);
    if (closed) {
      assertThat(bytes.getInt(1648)).as("uncleanShutdown").isZero();
      assertThat(bytes.getInt(28)).as("freeSector").isEqualTo(bytes.capacity() / SECTOR);
    }
    return grains.size();
  }

  private static Map<Integer, Integer> walk(
      ByteBuffer bytes, int directory, long capacity, long grain, int entries, boolean zeroed) {
    Map<Integer, Integer> grains = new HashMap<>();
    Map<Integer, Integer> positions = new HashMap<>();
    for (int number = 0; number * grain < capacity; number++) {
      int table = bytes.getInt(directory * SECTOR + number / entries * 4);
      int entry = table == 0 ? 0 : bytes.getInt(table * SECTOR + number % entries * 4);
      if (entry == 0 || (entry == 1 && zeroed)) {
        continue;
      }
      long stored = Math.min(grain, capacity - number * grain);
      assertThat((entry + stored) * SECTOR)
          .as("the end of grain " + number)
          .isLessThanOrEqualTo(bytes.capacity());
      assertThat(positions.put(entry, number)).as("the other grain at sector " + entry).isNull();
      grains.put(number, entry);
    }
    return grains;
  }
}
