package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A file or directory of a FAT filesystem, with its position. */
final class FatNode {

  private static final long LARGEST_FILE = 0xffff_ffffL;

  final Path path;
  final String name;
  final boolean directory;
  final long size; // of a file
  final long modified; // milliseconds since 1970
  final FatNode parent; // null for the root
  final List<FatNode> children = new ArrayList<>();

  /** The first cluster, or 0 for an empty file; set by the volume. */
  int firstCluster;

  /** Clusters from the first on; set by the volume. */
  int clusters;

  private FatNode(Path path, FatNode parent, BasicFileAttributes attributes) {
    this.path = path;
    this.name = parent == null ? "" : FileNames.text(path.getFileName());
    this.directory = attributes.isDirectory();
    this.size = directory ? 0 : attributes.size();
    this.modified = attributes.lastModifiedTime().toMillis();
    this.parent = parent;
  }

  /** Everything below a directory. Symbolic links, devices, pipes and sockets are left out. */
  static FatNode scan(Path directory) throws IOException {
    FatNode root =
        new FatNode(directory, null, Files.readAttributes(directory, BasicFileAttributes.class));
    root.addChildren();
    return root;
  }

  private void addChildren() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      entries.forEach(found::add);
    }
    Collections.sort(found); // the same disk for the same files
    for (Path file : found) {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isDirectory() && !attributes.isRegularFile()) {
        continue;
      }
      FatNode child = new FatNode(file, this, attributes);
      if (child.size > LARGEST_FILE) {
        throw new NbdException(
            NbdError.EINVAL, file + " has " + child.size + " bytes, and FAT has room for 4G - 1");
      }
      children.add(child);
      if (child.directory) {
        child.addChildren();
      }
    }
  }
}
