package org.nbdcore.server.failure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import org.nbdcore.protocol.Limits;
import org.nbdcore.spi.Errno;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Converts exceptions to NBD errors and messages for the client. No other class does this. */
public final class Failures {

  private Failures() {}

  /** The error of the protocol for {@code failure}. */
  public static NbdError error(Throwable failure) {
    if (failure instanceof NbdException known) {
      return known.error();
    }
    if (failure instanceof OutOfMemoryError) {
      return NbdError.ENOMEM;
    }
    if (failure instanceof AccessDeniedException) {
      return NbdError.EPERM;
    }
    return failure instanceof IOException system ? error(system) : NbdError.EIO;
  }

  /**
   * Recognizes a full disk: a temporary file of any layer may be on it, and clients handle ENOSPC.
   */
  private static NbdError error(IOException failure) {
    NbdError error = NbdError.fromErrno(Errno.of(failure));
    return switch (error) {
      case ENOSPC, ENOMEM, EPERM -> error;
      default -> NbdError.EIO; // not EINVAL, because the request was valid
    };
  }

  /** One line about {@code failure}; never empty. */
  public static String message(Throwable failure) {
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file";
    }
    if (failure instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (failure instanceof FileSystemException named && named.getReason() != null) {
      return named.getFile() + ": " + named.getReason();
    }
    String text = failure.getMessage();
    return text == null || text.isBlank() ? failure.getClass().getSimpleName() : text.strip();
  }

  /**
   * Encodes a message in UTF-8, truncated at a character boundary to the maximum length of a
   * string.
   */
  public static byte[] wireText(String message) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    if (text.length <= Limits.MAX_STRING) {
      return text;
    }
    int end = Limits.MAX_STRING;
    while ((text[end] & 0xc0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(text, end);
  }
}
