package org.nbdcore.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.ConfigException;

/** The SELinux label of listening sockets ({@code --selinux-label}). */
final class SocketLabel {

  /** Exists if SELinux is in use. */
  private static final Path ENABLED = Path.of("/sys/fs/selinux/enforce");

  /** The label applies to sockets that this thread creates afterwards. */
  private static final String ATTRIBUTE = "/proc/thread-self/attr/sockcreate";

  private SocketLabel() {}

  /** Refuses the option on a machine without SELinux. */
  static void check() throws ConfigException {
    if (!Files.exists(ENABLED)) {
      throw new ConfigException(
          "--selinux-label: SELinux is not in use on this machine; leave the option out");
    }
  }

  /** Sets the label of sockets that the calling thread creates from now on. */
  static void apply(String label) throws IOException {
    try (FileOutputStream out = new FileOutputStream(ATTRIBUTE)) {
      out.write((label + "\0").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IOException(
          "--selinux-label: '" + label + "' is refused: " + ExceptionText.of(e), e);
    }
  }
}
