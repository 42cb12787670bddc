package org.nbdcore.plugin.file;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.helpers.DumpCallbacks;
import org.nbdcore.system.FileCalls;
import org.nbdcore.system.SystemCalls;

/** Describes {@code file}: serves a file, a block device, or those in a directory. */
public final class FileProvider implements PluginProvider {

  static final Parameter<Path> FILE =
      Parameter.path("file", "File or block device to serve.").magic();

  static final Parameter<Path> DIR =
      Parameter.path(
          "dir", "Directory whose files and block devices to serve; the export name selects one.");

  static final Parameter<Path> DIRECTORY =
      Parameter.path("directory", "Another name of dir, as in nbdkit.");

  static final Parameter<Long> FD =
      Parameter.integer("fd", 3, Integer.MAX_VALUE, "Inherited descriptor of the file to serve.");

  static final Parameter<Long> DIRFD =
      Parameter.integer(
          "dirfd", 3, Integer.MAX_VALUE, "Inherited descriptor of the directory to serve.");

  static final Parameter<String> CACHE =
      Parameter.choice(
              "cache", List.of("default", "none"), "Whether data stays in the system's page cache.")
          .defaultValue("default");

  static final Parameter<Boolean> REDUCE_MEMORY_PRESSURE =
      Parameter.bool("reduce-memory-pressure", "The same as cache=none.").defaultValue(false);

  static final Parameter<String> FADVISE =
      Parameter.choice(
              "fadvise",
              List.of("normal", "random", "sequential"),
              "How clients will read; the system reads ahead accordingly.")
          .defaultValue("normal");

  static final DebugFlag ZERO = DebugFlag.of("zero", "Show how each zero request was executed");

  private static final List<Parameter<?>> PLACES = List.of(FILE, DIR, DIRECTORY, FD, DIRFD);

  @Override
  public String name() {
    return "file";
  }

  @Override
  public String description() {
    return "A file or block device, or a directory of them";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE, DIR, DIRECTORY, FD, DIRFD, CACHE, REDUCE_MEMORY_PRESSURE, FADVISE);
  }

  @Override
  public List<DebugFlag> debugFlags() {
    return List.of(ZERO);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    DumpCallbacks.putAll(out, "list_exports");
    String offered = SystemCalls.expected() ? "yes" : "no";
    out.put("file_extents", offered);
    out.put("file_falloc_fl_punch_hole", offered);
    out.put("file_falloc_fl_zero_range", offered);
    for (String unused :
        List.of("blkdiscard", "blkrotational", "blksszget", "blkzeroout", "block_size")) {
      out.put("file_" + unused, "no"); // block devices are used as files
    }
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    int given = 0;
    for (Parameter<?> place : PLACES) {
      given += config.has(place) ? 1 : 0;
    }
    if (given != 1) {
      throw new ConfigException(
          "exactly one of file=PATH, dir=PATH, fd=N and dirfd=N must be given");
    }
    FileHints hints = hints(config);
    if (config.has(FD)) {
      InheritedFile inherited = InheritedFile.of("fd", config.get(FD));
      return file(inherited.path(), inherited.readOnly(), hints);
    }
    if (config.has(DIRFD)) {
      return directory(InheritedFile.of("dirfd", config.get(DIRFD)).path(), hints);
    }
    return config.has(FILE)
        ? file(config.get(FILE), false, hints)
        : directory(config.get(config.has(DIR) ? DIR : DIRECTORY), hints);
  }

  private static FileHints hints(Config config) {
    int advice =
        switch (config.get(FADVISE)) {
          case "random" -> FileCalls.POSIX_FADV_RANDOM;
          case "sequential" -> FileCalls.POSIX_FADV_SEQUENTIAL;
          default -> 0;
        };
    boolean cached = config.get(CACHE).equals("default") && !config.get(REDUCE_MEMORY_PRESSURE);
    return new FileHints(cached, advice, config.debug(ZERO) != 0);
  }

  private static Plugin file(Path file, boolean readOnly, FileHints hints) throws ConfigException {
    switch (FileKind.of(file)) {
      case MISSING -> throw new ConfigException("file " + file + " does not exist");
      case DIRECTORY ->
          throw new ConfigException("file " + file + " is a directory: use dir=" + file);
      case OTHER -> throw new ConfigException("file " + file + " must be a file or a block device");
      default -> {
        return new FilePlugin(file, readOnly, hints);
      }
    }
  }

  private static Plugin directory(Path directory, FileHints hints) throws ConfigException {
    FileKind kind = FileKind.of(directory);
    if (kind != FileKind.DIRECTORY) {
      throw new ConfigException(
          "dir "
              + directory
              + (kind == FileKind.MISSING ? " does not exist" : " must be a directory"));
    }
    return new DirectoryPlugin(directory, hints);
  }
}
