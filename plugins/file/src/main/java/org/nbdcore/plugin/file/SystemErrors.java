package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.nbdcore.spi.Errno;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.system.ErrorText;

/**
 * Finds the system's error number of an exception. Java keeps only the text, in the user's
 * language. A text that {@link Errno} does not recognize is compared with the texts of the system.
 */
final class SystemErrors {

  private static final int EPERM = 1;
  private static final int EIO = 5;
  private static final int EACCES = 13;
  private static final int EROFS = 30;

  /** EPERM, EIO, ENOMEM, EACCES, EINVAL, EFBIG, ENOSPC, EROFS, EOPNOTSUPP, EDQUOT. */
  private static final int[] TRANSLATED = {EPERM, EIO, 12, EACCES, 22, 27, 28, EROFS, 95, 122};

  private SystemErrors() {}

  /** The error number of a failure; 5 (EIO) if it cannot be found out. */
  static int number(IOException failure) {
    int known = Errno.of(failure);
    return known == Errno.UNKNOWN ? translated(text(failure)) : known;
  }

  private static String text(IOException failure) {
    String text = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
    return text == null ? failure.getClass().getSimpleName() : text;
  }

  private static int translated(String text) {
    for (int number : TRANSLATED) {
      if (text.equals(ErrorText.known(number))) {
        return number;
      }
    }
    return EIO;
  }

  /** True if a file could not be opened for writing, but perhaps for reading. */
  static boolean writeRefused(IOException failure) {
    int number = number(failure);
    return number == EACCES || number == EROFS || number == EPERM;
  }

  /** Creates the failure for the client. */
  static NbdException failed(String what, IOException failure) {
    NbdError error = NbdError.fromErrno(number(failure));
    return new NbdException(error, what + ": " + text(failure), failure);
  }

  /** Creates the failure of a system call for the client. */
  static NbdException failed(String what, int number) {
    return new NbdException(NbdError.fromErrno(number), what + ": " + ErrorText.of(number));
  }
}
