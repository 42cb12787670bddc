package org.nbdcore.filter.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tar files. */
final class Tars {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A member with a GNU header. */
  Tars add(String name, char type, byte[] contents) {
    return add(name, type, contents, octal(contents.length), "ustar  ", "");
  }

  /** A member with the given header fields. */
  Tars add(String name, char type, byte[] contents, byte[] size, String magic, String prefix) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644");
    System.arraycopy(size, 0, header, 124, size.length);
    Arrays.fill(header, 148, 156, (byte) ' ');
    header[156] = (byte) type;
    put(header, 257, magic);
    put(header, 345, prefix);
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xff;
    }
    put(header, 148, String.format("%06o\0", sum));
    out.writeBytes(header);
    out.writeBytes(contents);
    out.writeBytes(new byte[-contents.length & 511]);
    return this;
  }

  /** A pax header with records for the next member, or for all later ones ({@code 'g'}). */
  Tars pax(char type, String... records) {
    StringBuilder all = new StringBuilder();
    for (String record : records) {
      int length = record.length() + 2;
      while (length != (length + " " + record + "\n").getBytes(StandardCharsets.UTF_8).length) {
        length++;
      }
      all.append(length).append(' ').append(record).append('\n');
    }
    return add("pax", type, all.toString().getBytes(StandardCharsets.UTF_8));
  }

  static byte[] octal(long size) {
    return String.format("%011o", size).getBytes(StandardCharsets.US_ASCII);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  /** The offset of the next header. */
  int position() {
    return out.size();
  }

  /** The complete file, with the two blocks that end it. */
  byte[] bytes() {
    byte[] bytes = out.toByteArray();
    return Arrays.copyOf(bytes, bytes.length + 1024);
  }
}
