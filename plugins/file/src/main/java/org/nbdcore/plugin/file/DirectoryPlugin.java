package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/**
 * Serves the files and block devices in a directory, without subdirectories. The export name is the
 * name of the file. Reads the directory each time, so files may be added and removed.
 */
final class DirectoryPlugin implements Plugin {

  private final Path directory;
  private final FileHints hints;

  DirectoryPlugin(Path directory, FileHints hints) {
    this.directory = directory;
    this.hints = hints;
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    List<Export> exports = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = FileNames.text(entry.getFileName());
        // NBD has names in UTF-8 only, so no client could ask for another one.
        if (!FileNames.hasInvalidUtf8(name) && FileKind.of(entry).served()) {
          exports.add(Export.of(name));
        }
      }
    }
    exports.sort(Comparator.comparing(Export::name));
    return exports;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return hints.open(file(request.exportName()), request.readOnly(), request.session());
  }

  private Path file(String name) throws NbdException {
    if (name.isEmpty()) {
      throw new NbdException(NbdError.EINVAL, "an export name is needed: the name of a file");
    }
    if (name.contains("/") || name.contains("\\") || name.equals(".") || name.equals("..")) {
      throw new NbdException(
          NbdError.EPERM, "the export name must be the plain name of a file, not '" + name + "'");
    }
    try {
      Path file = directory.resolve(name);
      if (FileKind.of(file).served()) {
        return file;
      }
    } catch (InvalidPathException e) {
      // reported as a missing file
    }
    throw new NbdException(NbdError.EINVAL, "there is no file or block device '" + name + "'");
  }
}
