package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Readable messages for failures of files. The JDK's messages are often only the path. */
final class FileErrors {

  private FileErrors() {}

  static IOException failure(String what, IOException e) {
    String why = e.getMessage();
    if (e instanceof NoSuchFileException) {
      why = "no such file or directory";
    } else if (e instanceof AccessDeniedException) {
      why = "permission denied";
    } else if (e instanceof FileSystemException failure && failure.getReason() != null) {
      why = failure.getReason(); // the message would repeat the name of the file
    }
    return new IOException(what + ": " + (why == null ? e.toString() : why), e);
  }
}
