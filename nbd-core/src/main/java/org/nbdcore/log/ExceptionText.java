package org.nbdcore.log;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.nbdcore.spi.ConfigException;

/** Describes an exception in one line. The messages of many JDK exceptions are incomplete. */
public final class ExceptionText {

  private ExceptionText() {}

  /** A readable text for {@code failure}; never null or empty. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof FileSystemException file) {
      return of(file);
    }
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    boolean checked = failure instanceof java.io.IOException || failure instanceof ConfigException;
    return checked ? message : failure.getClass().getSimpleName() + ": " + message;
  }

  /** The same without the name of the layer, if the message begins with that name. */
  public static String within(String layer, Throwable failure) {
    String reason = of(failure);
    String named = layer + ": ";
    return reason.startsWith(named) && reason.length() > named.length()
        ? reason.substring(named.length())
        : reason;
  }

  private static String of(FileSystemException failure) {
    String what;
    if (failure.getReason() != null) {
      what = failure.getReason();
    } else if (failure instanceof NoSuchFileException) {
      what = "no such file or directory";
    } else if (failure instanceof AccessDeniedException) {
      what = "permission denied";
    } else if (failure instanceof FileAlreadyExistsException) {
      what = "it exists already";
    } else if (failure instanceof NotDirectoryException) {
      what = "not a directory";
    } else {
      what = failure.getClass().getSimpleName();
    }
    return failure.getFile() == null ? what : failure.getFile() + ": " + what;
  }
}
