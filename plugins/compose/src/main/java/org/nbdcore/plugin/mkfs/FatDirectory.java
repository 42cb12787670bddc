package org.nbdcore.plugin.mkfs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.nbdcore.spi.NbdException;

/** Writes the entries of directories (Microsoft's FAT32 File System Specification). */
final class FatDirectory {

  private static final int ENTRY = 32;
  private static final int LABEL = 0x08;
  private static final int DIRECTORY = 0x10;
  private static final int ARCHIVE = 0x20;
  private static final int LONG_NAME = 0x0f;
  private static final int LAST_PART = 0x40;

  /** Offsets of the characters in an entry of a long name. */
  private static final int[] PLACES = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

  private static final int FIRST_YEAR = 1980;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private FatDirectory() {}

  /** Encodes the entries. The length does not depend on the positions of the files. */
  static byte[] bytes(FatNode directory, String label) throws NbdException {
    FatDirectory entries = new FatDirectory();
    if (directory.parent == null) {
      entries.add(name(label), LABEL, directory, 0);
    } else {
      entries.add(name("."), DIRECTORY, directory, directory.firstCluster);
      boolean top = directory.parent.parent == null; // the root is cluster 0 here
      entries.add(name(".."), DIRECTORY, directory, top ? 0 : directory.parent.firstCluster);
    }
    FatNames names = new FatNames();
    for (FatNode child : directory.children) {
      byte[] shortName = names.shortName(child);
      if (!FatNames.isExact(child.name, new String(shortName, StandardCharsets.US_ASCII))) {
        entries.addLongName(child.name, checksum(shortName));
      }
      entries.add(shortName, child.directory ? DIRECTORY : ARCHIVE, child, child.firstCluster);
    }
    return entries.out.toByteArray();
  }

  private static byte[] name(String text) {
    byte[] name = new byte[FatNames.SHORT];
    Arrays.fill(name, (byte) ' ');
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, name, 0, bytes.length);
    return name;
  }

  private void add(byte[] name, int attributes, FatNode node, int cluster) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(node.modified / 1000, 0, ZoneOffset.UTC);
    int year = Math.max(0, Math.min(127, time.getYear() - FIRST_YEAR));
    int date = year << 9 | time.getMonthValue() << 5 | time.getDayOfMonth();
    int clock = time.getHour() << 11 | time.getMinute() << 5 | time.getSecond() / 2;
    ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    entry.put(name).put((byte) attributes).putShort((short) 0);
    entry.putShort((short) clock).putShort((short) date).putShort((short) date);
    entry.putShort((short) (cluster >>> 16)).putShort((short) clock).putShort((short) date);
    entry.putShort((short) cluster).putInt((int) node.size);
    out.writeBytes(entry.array());
  }

  private void addLongName(String name, byte checksum) {
    int parts = (name.length() + PLACES.length - 1) / PLACES.length;
    for (int part = parts; part > 0; part--) {
      ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
      entry.put(0, (byte) (part == parts ? part | LAST_PART : part));
      entry.put(11, (byte) LONG_NAME).put(13, checksum);
      for (int i = 0; i < PLACES.length; i++) {
        int at = (part - 1) * PLACES.length + i;
        int c = at < name.length() ? name.charAt(at) : at == name.length() ? 0 : 0xffff;
        entry.putShort(PLACES[i], (short) c);
      }
      out.writeBytes(entry.array());
    }
  }

  private static byte checksum(byte[] shortName) {
    int sum = 0;
    for (byte b : shortName) {
      sum = ((sum & 1) << 7) + (sum >> 1) + (b & 0xff) & 0xff;
    }
    return (byte) sum;
  }
}
