package org.nbdcore.plugin.vddk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The dynamic section of a 64-bit shared library.
 *
 * @param soname its own name, or its file's name if it has none
 * @param needed the names of the libraries it needs
 */
record ElfFile(String soname, List<String> needed) {

  private static final int MACHINE_X86_64 = 62;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;
  private static final int DT_SONAME = 14;
  private static final int MAX_TABLE = 1 << 20;

  /**
   * Reads the dynamic section.
   *
   * @throws IOException with the reason, if this is not a shared library for x86-64
   */
  static ElfFile read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = piece(channel, 0, 64);
      if (header.getInt(0) != 0x464c457f || header.get(4) != 2 || header.get(5) != 1) {
        throw new IOException("not a 64-bit ELF library");
      }
      if (header.getShort(18) != MACHINE_X86_64) {
        throw new IOException("made for machine " + header.getShort(18) + ", not for x86-64");
      }
      int entrySize = header.getShort(54);
      int entries = header.getShort(56);
      ByteBuffer segments = piece(channel, header.getLong(32), (long) entrySize * entries);
      for (int at = 0; at < entrySize * entries; at += entrySize) {
        if (segments.getInt(at) == PT_DYNAMIC) {
          ByteBuffer dynamic = piece(channel, segments.getLong(at + 8), segments.getLong(at + 32));
          return readDynamic(channel, segments, entrySize, dynamic, file);
        }
      }
      throw new IOException("not a shared library: it has no dynamic section");
    } catch (EOFException e) {
      throw new IOException("truncated", e);
    }
  }

  private static ElfFile readDynamic(
      FileChannel channel, ByteBuffer segments, int entrySize, ByteBuffer dynamic, Path file)
      throws IOException {
    long strings = 0;
    for (int at = 0; at + 16 <= dynamic.capacity(); at += 16) {
      if (dynamic.getLong(at) == DT_STRTAB) {
        strings = fileOffset(segments, entrySize, dynamic.getLong(at + 8));
      }
    }
    List<String> needed = new ArrayList<>();
    String soname = file.getFileName().toString();
    for (int at = 0; at + 16 <= dynamic.capacity() && dynamic.getLong(at) != 0; at += 16) {
      long tag = dynamic.getLong(at);
      if (tag == DT_NEEDED) {
        needed.add(string(channel, strings + dynamic.getLong(at + 8)));
      } else if (tag == DT_SONAME) {
        soname = string(channel, strings + dynamic.getLong(at + 8));
      }
    }
    return new ElfFile(soname, List.copyOf(needed));
  }

  private static long fileOffset(ByteBuffer segments, int entrySize, long address)
      throws IOException {
    for (int at = 0; at + entrySize <= segments.capacity(); at += entrySize) {
      long start = segments.getLong(at + 16);
      if (segments.getInt(at) == PT_LOAD
          && address >= start
          && address - start < segments.getLong(at + 32)) {
        return address - start + segments.getLong(at + 8);
      }
    }
    throw new IOException("damaged: its string table lies in no segment");
  }

  private static String string(FileChannel channel, long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(256);
    int read = channel.read(bytes, offset);
    int length = 0;
    while (length < read && bytes.get(length) != 0) {
      length++;
    }
    return new String(bytes.array(), 0, length, StandardCharsets.UTF_8);
  }

  private static ByteBuffer piece(FileChannel channel, long offset, long size) throws IOException {
    if (size < 0 || size > MAX_TABLE || offset < 0) {
      throw new IOException("damaged: a table of " + size + " bytes at " + offset);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    return bytes;
  }
}
