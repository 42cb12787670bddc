package org.nbdcore.plugin.mkfs;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.nbdcore.plugin.file.AnonymousFile;
import org.nbdcore.plugin.file.FileDisks;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code iso}: a CD-ROM image with the files of directories. */
public final class IsoProvider implements PluginProvider {

  /** Programs with the options of mkisofs, the first found is used. */
  private static final List<String> PROGRAMS = List.of("xorriso", "genisoimage", "mkisofs");

  private static final Parameter<Path> DIR = Directories.DIR.repeatable();

  private static final Parameter<String> PARAMS =
      Parameter.string("params", "Further options for the program, quoted as in a shell.")
          .placeholder("OPTIONS")
          .defaultValue("");

  private static final Parameter<String> PROG =
      Parameter.string("prog", "Program to run; by default xorriso, genisoimage or mkisofs.")
          .placeholder("PROGRAM");

  private static final String COMMAND =
      """
      set -e
      if [ -z "$prog" ]; then
        echo "none of xorriso, genisoimage and mkisofs is installed" >&2
        exit 127
      fi
      eval "set -- $params $directories"
      set -- -quiet -o "$disk" "$@"
      case ${prog##*/} in xorriso) set -- -as mkisofs "$@" ;; esac
      "$prog" "$@"
      """;

  @Override
  public String name() {
    return "iso";
  }

  @Override
  public String description() {
    return "A CD-ROM (ISO 9660) with the files of directories";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(DIR, PARAMS, PROG);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    program(config).ifPresent(program -> out.put("iso_prog", program));
  }

  private static Optional<String> program(Config config) {
    return config.find(PROG).or(() -> PROGRAMS.stream().filter(IsoProvider::installed).findFirst());
  }

  private static boolean installed(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return plugin(config, AnonymousFile.folder());
  }

  static Plugin plugin(Config config, Path folder) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("prog", program(config).orElse(""));
    variables.put("params", config.get(PARAMS));
    variables.put(
        "directories",
        config.all(DIR).stream().map(IsoProvider::quoted).collect(Collectors.joining(" ")));
    return new CreatedDiskPlugin(
        new DiskCommand(COMMAND, variables, 0),
        folder,
        disk -> request -> FileDisks.open(disk, request));
  }

  private static String quoted(Path directory) {
    return "'" + FileNames.text(directory).replace("'", "'\\''") + "'";
  }
}
