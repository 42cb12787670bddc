package org.nbdcore.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the system's error number behind an exception. Java keeps only the error text, in the
 * user's language. This class recognizes the English texts, and the text for a full disk in every
 * language.
 */
public final class Errno {

  /** Result of {@link #of} if the number is unknown. */
  public static final int UNKNOWN = 0;

  private static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int ENOSPC = 28;

  private static final Map<String, Integer> KNOWN =
      Map.of(
          "Operation not permitted", 1,
          "Input/output error", 5,
          "Cannot allocate memory", 12,
          "Permission denied", EACCES,
          "Invalid argument", 22,
          "File too large", 27,
          "No space left on device", ENOSPC,
          "Read-only file system", 30,
          "Operation not supported", 95,
          "Disk quota exceeded", 122);

  /**
   * Learns the text for a full disk in the user's language, by a write to {@code /dev/full}. Loaded
   * when first needed.
   */
  private static final class FullDevice {
    static final @Nullable String TEXT = ask();

    private static @Nullable String ask() {
      try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
        full.write(ByteBuffer.allocate(1));
      } catch (IOException e) {
        return e instanceof FileSystemException ? null : e.getMessage(); // there is no such device
      }
      return null;
    }
  }

  private Errno() {}

  /** Returns the Linux {@code errno} of a failure or of its causes, or {@link #UNKNOWN}. */
  public static int of(IOException failure) {
    Throwable at = failure;
    for (int depth = 0; depth < 8 && at instanceof IOException one; depth++) {
      int number = ofThis(one);
      if (number != UNKNOWN) {
        return number;
      }
      at = at.getCause();
    }
    return UNKNOWN;
  }

  private static int ofThis(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return EACCES;
    }
    if (failure instanceof NoSuchFileException) {
      return ENOENT;
    }
    String text = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
    if (text == null) {
      return UNKNOWN;
    }
    Integer known = KNOWN.get(text);
    if (known != null) {
      return known;
    }
    return text.equals(FullDevice.TEXT) ? ENOSPC : UNKNOWN;
  }
}
