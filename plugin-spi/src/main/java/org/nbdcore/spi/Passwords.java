package org.nbdcore.spi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The ways to pass a password (nbdkit-vddk-plugin, "password"). */
final class Passwords {

  private Passwords() {}

  static Secret read(String key, String text) throws ConfigException {
    if (text.equals("-")) {
      return ask(key);
    }
    if (text.startsWith("+")) {
      return firstLine(ParameterParsers.path(text.substring(1)), text.substring(1));
    }
    if (text.startsWith("-")) {
      long descriptor = ParameterParsers.integer(text.substring(1), 0, Integer.MAX_VALUE);
      if (descriptor < 3) {
        throw new ConfigException(
            "cannot be read from file descriptor "
                + descriptor
                + ", which is a standard stream: pass it on 3 or above");
      }
      if (!InheritedDescriptors.contains(descriptor)) {
        throw new ConfigException(
            "cannot be read from file descriptor "
                + descriptor
                + ", which is a bad descriptor: the parent process must open it and pass it on");
      }
      return firstLine(Path.of("/dev/fd", Long.toString(descriptor)), "descriptor " + descriptor);
    }
    return new Secret(text);
  }

  private static Secret ask(String key) throws ConfigException {
    try (Terminal terminal = Terminal.open()) {
      return terminal.askWithoutEcho(key + ": ");
    } catch (IOException e) {
      throw new ConfigException(
          "cannot be asked for on the terminal: "
              + e.getMessage()
              + "; use "
              + key
              + "=+FILE or "
              + key
              + "=-FD",
          e);
    }
  }

  private static Secret firstLine(Path path, String shown) throws ConfigException {
    try (InputStream in = Files.newInputStream(path);
        SecretLine line = new SecretLine()) {
      // Byte by byte: a buffer would keep a copy, and would take bytes after the line out of a pipe
      for (int b = in.read(); b >= 0 && b != '\n' && b != '\r'; b = in.read()) {
        line.add(b);
      }
      return line.secret(); // passwords may be of any encoding
    } catch (IOException e) {
      throw new ConfigException("cannot be read from " + shown + ": " + reason(e), e);
    }
  }

  /** For these exceptions, the JDK's message is only the name of the file. */
  private static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no such file";
    } else if (failure instanceof AccessDeniedException) {
      return "permission denied";
    } else if (failure instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
