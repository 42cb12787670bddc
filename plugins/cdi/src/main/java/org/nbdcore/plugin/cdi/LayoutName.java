package org.nbdcore.plugin.cdi;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/**
 * An image in a folder or a tar file (OCI Image Specification, "Image Layout").
 *
 * @param tag may be empty if the layout has only one image
 */
record LayoutName(boolean archive, Path path, Optional<String> tag, Optional<ContentDigest> digest)
    implements ImageName {

  static final String FOLDER = "oci:";
  static final String ARCHIVE = "oci-archive:";

  /** Reads {@code oci:FOLDER[:TAG|@DIGEST]}, as skopeo and podman do. */
  static LayoutName parse(String text) throws ConfigException {
    boolean archive = text.startsWith(ARCHIVE);
    String rest = text.substring((archive ? ARCHIVE : FOLDER).length());
    if (rest.startsWith("//")) {
      rest = rest.substring(2); // oci://FOLDER
    }
    int at = rest.lastIndexOf('@');
    Optional<ContentDigest> digest =
        at < 0 ? Optional.empty() : ContentDigest.parse(rest.substring(at + 1));
    if (digest.isPresent()) {
      return of(archive, rest.substring(0, at), Optional.empty(), digest);
    }
    int colon = rest.indexOf(':');
    if (colon < 0 || Files.exists(FileNames.absolute(rest))) {
      return of(archive, rest, Optional.empty(), Optional.empty());
    }
    return of(archive, rest.substring(0, colon), tag(rest.substring(colon + 1)), digest);
  }

  private static Optional<String> tag(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static LayoutName of(
      boolean archive, String path, Optional<String> tag, Optional<ContentDigest> digest)
      throws ConfigException {
    if (path.isEmpty()) {
      throw new ConfigException(
          "must be "
              + (archive ? "oci-archive:FILE" : "oci:FOLDER")
              + "[:TAG|@DIGEST], with a path after the colon");
    }
    return new LayoutName(archive, FileNames.absolute(path), tag, digest);
  }

  @Override
  public CdiPlugin.Opening source(
      Config config, Map<String, String> environment, RetryDelay pause) {
    return () -> new LayoutImage(this, archive ? new ArchiveFiles(path) : new FolderFiles(path));
  }

  @Override
  public String toString() {
    return (archive ? ARCHIVE : FOLDER)
        + FileNames.text(path)
        + digest.map(value -> "@" + value).or(() -> tag.map(value -> ":" + value)).orElse("");
  }
}
