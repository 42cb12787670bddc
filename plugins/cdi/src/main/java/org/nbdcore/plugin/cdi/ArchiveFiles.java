package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A layout in a tar file, which is not compressed. */
final class ArchiveFiles implements LayoutFiles {

  private final Path file;
  private final TarFile tar;
  private final Map<String, TarArchiveEntry> entries = new HashMap<>();

  /** Reads the headers of all files. */
  ArchiveFiles(Path file) throws IOException {
    this.file = file;
    try {
      tar = new TarFile(file);
    } catch (NoSuchFileException e) {
      throw new NbdException(NbdError.EIO, "there is no file " + file, e);
    } catch (IOException | IllegalArgumentException e) {
      throw new NbdException(NbdError.EIO, file + " is not a tar file: " + e.getMessage(), e);
    }
    for (TarArchiveEntry entry : tar.getEntries()) {
      String name = entry.getName();
      entries.put(name.startsWith("./") ? name.substring(2) : name, entry);
    }
  }

  @Override
  public InputStream open(String name) throws IOException {
    TarArchiveEntry entry = entries.get(name);
    if (entry == null || !entry.isFile()) {
      throw new NbdException(NbdError.EIO, "there is no file " + name + " in " + file);
    }
    return tar.getInputStream(entry);
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
