package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Finds the system's error number of an exception. Java keeps only the text, which is in the user's
 * language; the English ones are known, others are compared with what the system says.
 */
final class SystemErrors {

  private static final int EPERM = 1;
  private static final int EIO = 5;
  private static final int EACCES = 13;
  private static final int ENOENT = 2;
  private static final int EROFS = 30;

  private static final Map<String, Integer> KNOWN =
      Map.of(
          "Operation not permitted", EPERM,
          "Input/output error", EIO,
          "Cannot allocate memory", 12,
          "Permission denied", EACCES,
          "Invalid argument", 22,
          "File too large", 27,
          "No space left on device", 28,
          "Read-only file system", EROFS,
          "Operation not supported", 95,
          "Disk quota exceeded", 122);

  private SystemErrors() {}

  /** The error number of a failure; 5 (EIO) if it cannot be found out. */
  static int number(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return EACCES;
    }
    if (failure instanceof NoSuchFileException) {
      return ENOENT;
    }
    String text = text(failure);
    Integer known = KNOWN.get(text);
    return known == null ? translated(text) : known;
  }

  private static String text(IOException failure) {
    String text = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
    return text == null ? failure.getClass().getSimpleName() : text;
  }

  private static int translated(String text) {
    for (int number : KNOWN.values()) {
      if (text.equals(SystemCalls.errorText(number))) {
        return number;
      }
    }
    return EIO;
  }

  /** Whether a file could not be opened for writing, but perhaps for reading. */
  static boolean writeRefused(IOException failure) {
    int number = number(failure);
    return number == EACCES || number == EROFS || number == EPERM;
  }

  /** The failure as the client is to see it. */
  static NbdException failed(String what, IOException failure) {
    NbdError error = NbdError.fromErrno(number(failure));
    return new NbdException(error, what + ": " + text(failure), failure);
  }

  /** The failure of a system call as the client is to see it. */
  static NbdException failed(String what, int number) {
    String text = SystemCalls.errorText(number);
    return new NbdException(
        NbdError.fromErrno(number), what + ": " + (text == null ? "error " + number : text));
  }
}
