package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.nbdcore.system.LibraryCalls;

/** Formats a C format string with a {@code va_list}. */
final class VariadicFormatter {

  /** On x86-64 a {@code va_list} is an array of one structure of this size. */
  private static final int VA_LIST_SIZE = 24;

  private static final int USUAL = 1024;
  private static final int LARGEST = 1 << 20;

  private VariadicFormatter() {}

  /**
   * Formats a message without trailing line ends. Does not consume {@code arguments}: each attempt
   * works on a copy.
   */
  static String format(Pointer format, Pointer arguments) {
    byte[] saved = arguments.getByteArray(0, VA_LIST_SIZE);
    try (Memory buffer = new Memory(USUAL);
        Memory copy = new Memory(VA_LIST_SIZE)) {
      copy.write(0, saved, 0, VA_LIST_SIZE);
      int length = LibraryCalls.vsnprintf(buffer, USUAL, format, copy);
      if (length < USUAL) {
        return text(buffer, length);
      }
      int larger = Math.min(length, LARGEST) + 1;
      try (Memory whole = new Memory(larger)) {
        copy.write(0, saved, 0, VA_LIST_SIZE);
        return text(
            whole, Math.min(LibraryCalls.vsnprintf(whole, larger, format, copy), larger - 1));
      }
    }
  }

  private static String text(Memory buffer, int length) {
    if (length < 0) {
      return "(a message of VDDK's that could not be formatted)";
    }
    byte[] bytes = buffer.getByteArray(0, length);
    int end = length;
    while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
