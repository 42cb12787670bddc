package org.nbdcore.client.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nbdcore.client.copy.Copy;
import org.nbdcore.client.copy.CopyOptions;
import org.nbdcore.client.copy.CopySource;
import org.nbdcore.spi.FileNames;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.VmdkAdapter;
import org.nbdcore.vmdk.VmdkCreateOptions;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkExtentInfo;
import org.nbdcore.vmdk.VmdkInfo;
import org.nbdcore.vmdk.VmdkOptions;
import org.nbdcore.vmdk.VmdkType;

/** The commands of {@code nbd-vmdk} that create disks. */
final class VmdkConversion {

  private static final int SECTOR = 512;
  private static final Map<String, VmdkType> TYPES = new LinkedHashMap<>();
  private static final Map<String, VmdkAdapter> ADAPTERS = new LinkedHashMap<>();

  static {
    for (VmdkType type : VmdkType.values()) {
      TYPES.put(word(type), type);
    }
    for (VmdkAdapter adapter : VmdkAdapter.values()) {
      ADAPTERS.put(word(adapter), adapter);
    }
  }

  private final PrintStream err;
  private boolean bar;
  private VmdkType type = VmdkType.MONOLITHIC_SPARSE;
  private VmdkAdapter adapter;
  private int hardwareVersion;

  VmdkConversion(PrintStream err, boolean terminal) {
    this.err = err;
    this.bar = terminal;
  }

  /** The spelling of a constant in {@code create-type=} and {@code create-adapter-type=}. */
  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Accepts an option of these commands; returns false for other options. */
  boolean take(String option, Arguments arguments) throws UsageException {
    switch (option) {
      case "--type":
        type = choose(TYPES, "--type", arguments.value());
        return true;
      case "--adapter":
        adapter = choose(ADAPTERS, "--adapter", arguments.value());
        return true;
      case "--hwversion":
        hardwareVersion = (int) arguments.size(1, 1000);
        return true;
      case "-p":
      case "--progress":
        bar = true;
        return true;
      case "--no-progress":
        bar = false;
        return true;
      default:
        return false;
    }
  }

  private static <T> T choose(Map<String, T> all, String option, String value)
      throws UsageException {
    T chosen = all.get(value);
    if (chosen == null) {
      throw new UsageException(
          option + " must be one of " + String.join(", ", all.keySet()) + ", not " + value);
    }
    return chosen;
  }

  private VmdkCreateOptions options(long size) {
    VmdkCreateOptions options = VmdkCreateOptions.ofSize(size).withType(type);
    if (adapter != null) {
      options = options.withAdapter(adapter);
    }
    return hardwareVersion == 0 ? options : options.withHardwareVersion(hardwareVersion);
  }

  void create(FileLocation file, String size) throws UsageException, IOException {
    Arguments argument = new Arguments("--size=" + size);
    argument.nextOption();
    long bytes = argument.size(SECTOR, Long.MAX_VALUE - SECTOR);
    if (bytes % SECTOR != 0) {
      throw new UsageException("the size must be a multiple of 512, not " + bytes);
    }
    VmdkDisk.create(file, options(bytes));
  }

  /**
   * Copies a disk to a new VMDK. The destination must not exist. If the copy fails, its files are
   * deleted.
   *
   * @param within the folder that a VMDK's files must lie in; null if any may
   */
  void convert(String place, FileLocation file, Path within) throws IOException {
    try (CopySource source = source(place, within)) {
      convert(source, file);
    }
  }

  private static CopySource source(String place, Path within) throws IOException {
    boolean local = !place.contains("://") && !place.equals("-");
    if (!local || !VmdkSource.looksLikeVmdk(FileNames.path(place))) {
      return Copy.open(Arguments.place(place), new CopyOptions());
    }
    return new VmdkSource(open(FileLocation.of(FileNames.path(place), within)), place);
  }

  private static VmdkDisk open(FileLocation file) throws IOException {
    return VmdkDisk.open(file, VmdkOptions.defaults());
  }

  private void convert(CopySource source, FileLocation file) throws IOException {
    long size = source.size();
    if (size <= 0) {
      throw new IOException(
          source + ": its size is " + (size < 0 ? "not known" : "0") + ", so no disk can be made");
    }
    long whole = (size + SECTOR - 1) / SECTOR * SECTOR; // a VMDK consists of whole sectors
    VmdkCreateOptions options = options(whole);
    VmdkDisk.create(file, options);
    boolean done = false;
    try {
      copy(source, file, options.type());
      done = true;
    } finally {
      if (!done) {
        delete(file);
      }
    }
  }

  private void copy(CopySource source, FileLocation file, VmdkType made) throws IOException {
    ProgressBar progress = new ProgressBar(err, false);
    VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults().withWritable(true));
    boolean ordered = made == VmdkType.STREAM_OPTIMIZED;
    try (VmdkTarget target = new VmdkTarget(disk, ordered, file.toString())) {
      Copy.run(
          source, target, new CopyOptions().flush(true), bar ? progress : (copied, total) -> {});
    } finally {
      progress.end();
    }
  }

  /** Deletes all files of an incomplete disk. */
  private static void delete(FileLocation file) throws IOException {
    Set<FileLocation> files = new LinkedHashSet<>();
    try (VmdkDisk disk = open(file)) {
      for (VmdkExtentInfo extent : disk.info().extents()) {
        files.add(extent.file());
      }
    } catch (IOException e) {
      files.clear(); // the list of its files can no longer be read
    }
    files.add(file);
    for (FileLocation each : files) {
      if (each != null && each.exists()) {
        each.delete();
      }
    }
  }

  /** Writes a copy of the disk without unused space, and replaces the old disk with it. */
  void compact(Path path, Path within) throws IOException {
    Path made =
        path.resolveSibling(FileNames.path(FileNames.text(path.getFileName()) + ".compact"));
    FileLocation file = FileLocation.of(made, within);
    try (VmdkDisk disk = open(FileLocation.of(path, within))) {
      VmdkInfo info = disk.info();
      type = compactable(path, info);
      adapter = adapter(info.adapterType());
      hardwareVersion = version(info.hardwareVersion());
      convert(new VmdkSource(disk, path.toString()), file);
    }
    Files.move(made, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static int version(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static VmdkAdapter adapter(String word) {
    for (VmdkAdapter adapter : VmdkAdapter.values()) {
      if (adapter.word().equals(word)) {
        return adapter;
      }
    }
    return VmdkAdapter.SCSI_LSILOGIC;
  }

  /** The type of a disk. Fails if a disk of this type cannot be compacted. */
  private static VmdkType compactable(Path path, VmdkInfo info) throws IOException {
    boolean oneFile =
        info.extents().size() == 1
            && info.extents().get(0).file() != null
            && info.extents().get(0).file().key().equals(FileLocation.of(path).key());
    if (!oneFile) {
      throw new IOException(
          path
              + ": compact takes a disk in one file, monolithicSparse or streamOptimized; use"
              + " convert for others");
    }
    if (!info.parents().isEmpty()) {
      throw new IOException(
          path + ": is the child of " + info.parents().get(0) + "; compact takes no snapshots");
    }
    return info.extents().get(0).compressed()
        ? VmdkType.STREAM_OPTIMIZED
        : VmdkType.MONOLITHIC_SPARSE;
  }
}
