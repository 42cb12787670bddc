package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.nbdcore.plugin.file.FileDisks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/** One file for each export name. */
final class OndemandPlugin implements Plugin {

  /** The file of the export without a name. */
  private static final String DEFAULT = "default";

  private static final int LONGEST = 255;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final DiskCommand command;
  private final Path folder;
  private final boolean wait;
  private final boolean share;
  private final Set<Path> taken = ConcurrentHashMap.newKeySet(); // open by a client of this server
  private final Object making = new Object(); // held while a disk is created

  OndemandPlugin(DiskCommand command, Path folder, boolean wait, boolean share) {
    this.command = command;
    this.folder = folder;
    this.wait = wait;
    this.share = share;
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    List<Export> exports = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && !name.equals(DEFAULT) && Files.isRegularFile(file)) {
          exports.add(Export.of(name));
        }
      }
    }
    exports.sort(Comparator.comparing(Export::name));
    exports.add(0, Export.of(""));
    return exports;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    Path file = file(request.exportName());
    if (share) {
      makeIfMissing(file);
      return FileDisks.open(file, request);
    }
    while (!taken.add(file)) {
      waitFor(request);
    }
    try {
      makeIfMissing(file);
      DiskFileLock lock = DiskFileLock.tryLock(file);
      while (lock == null) {
        waitFor(request);
        lock = DiskFileLock.tryLock(file);
      }
      return ExclusiveDevice.open(file, request, lock, () -> taken.remove(file));
    } catch (IOException | RuntimeException e) {
      taken.remove(file);
      throw e;
    }
  }

  private void waitFor(OpenRequest request) throws IOException {
    if (!wait) {
      throw new NbdException(NbdError.EPERM, "filesystem is locked by another client");
    }
    request.session().sleep(PAUSE);
  }

  private Path file(String exportName) throws NbdException {
    String name = exportName.isEmpty() ? DEFAULT : exportName;
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (name.startsWith(".") || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      throw new NbdException(
          NbdError.EINVAL, "an export name must not begin with . or contain /, as '" + name + "'");
    }
    if (bytes > LONGEST) {
      throw new NbdException(
          NbdError.EINVAL, "an export name must have at most 255 bytes here, not " + bytes);
    }
    return folder.resolve(name);
  }

  /**
   * Creates a missing disk, first under another name, so that an incomplete disk is never served.
   */
  private void makeIfMissing(Path file) throws IOException {
    synchronized (making) {
      if (Files.exists(file)) {
        return;
      }
      Path made = folder.resolve(".making-" + ProcessHandle.current().pid());
      Files.deleteIfExists(made);
      command.make(made);
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
