package org.nbdcore.plugin.cdi;

import java.util.Locale;
import org.nbdcore.spi.ConfigException;

/**
 * The platform of an image (OCI Image Specification, "Image Index"), with Go's names.
 *
 * @param variant of the processor, such as {@code v8}; may be empty
 */
record Platform(String os, String architecture, String variant) {

  /** Parses {@code OS/ARCH[/VARIANT]}, as podman and docker do. */
  static Platform parse(String text) throws ConfigException {
    String[] parts = text.split("/", -1);
    if (parts.length < 2 || parts.length > 3 || !text.matches("[a-z0-9_.-]+(/[a-z0-9_.-]+)+")) {
      throw new ConfigException("must be OS/ARCH[/VARIANT] such as linux/arm64, not " + text);
    }
    return new Platform(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
  }

  /** Linux, as images of disks for virtual machines are, on this machine's processor. */
  static Platform local() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return new Platform(
        "linux",
        switch (name) {
          case "x86_64" -> "amd64";
          case "aarch64" -> "arm64";
          case "x86", "i386" -> "386";
          default -> name;
        },
        "");
  }

  /**
   * True if an image for {@code other} matches. The variant is compared only if this platform has
   * one.
   */
  boolean accepts(Platform other) {
    return os.equals(other.os)
        && architecture.equals(other.architecture)
        && (variant.isEmpty() || variant.equals(other.variant));
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
