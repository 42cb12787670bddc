package org.nbdcore.plugin.file;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code file}: serves a file, a block device, or those in a directory. */
public final class FileProvider implements PluginProvider {

  static final Parameter<Path> FILE =
      Parameter.path("file", "The file or block device to serve.").magic();

  static final Parameter<Path> DIR =
      Parameter.path(
          "dir",
          "Serve the files and block devices in this directory; the export name says which.");

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
    return List.of(FILE, DIR);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    String offered = SystemCalls.expected() ? "yes" : "no";
    out.put("file_extents", offered);
    out.put("file_falloc_fl_punch_hole", offered);
    out.put("file_falloc_fl_zero_range", offered);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    if (config.has(FILE) == config.has(DIR)) {
      throw new ConfigException("exactly one of file=PATH and dir=PATH must be given");
    }
    return config.has(FILE) ? file(config.get(FILE)) : directory(config.get(DIR));
  }

  private static Plugin file(Path file) throws ConfigException {
    switch (FileKind.of(file)) {
      case MISSING -> throw new ConfigException("file " + file + " does not exist");
      case DIRECTORY ->
          throw new ConfigException("file " + file + " is a directory: use dir=" + file);
      case OTHER -> throw new ConfigException("file " + file + " must be a file or a block device");
      default -> {
        return new FilePlugin(file);
      }
    }
  }

  private static Plugin directory(Path directory) throws ConfigException {
    FileKind kind = FileKind.of(directory);
    if (kind != FileKind.DIRECTORY) {
      throw new ConfigException(
          "dir "
              + directory
              + (kind == FileKind.MISSING ? " does not exist" : " must be a directory"));
    }
    return new DirectoryPlugin(directory);
  }
}
