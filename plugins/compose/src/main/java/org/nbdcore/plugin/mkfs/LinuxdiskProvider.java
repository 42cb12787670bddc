package org.nbdcore.plugin.mkfs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.plugin.compose.PartitioningProvider;
import org.nbdcore.plugin.file.AnonymousFile;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Sizes;

/**
 * Describes {@code linuxdisk}: a partition with a Linux filesystem that contains the files of a
 * directory.
 */
public final class LinuxdiskProvider implements PluginProvider {

  private record Size(boolean more, long bytes) {}

  private static final Parameter<Size> SIZE =
      Parameter.of(
              "size",
              "[+]SIZE",
              "Size of the filesystem, or with + its free space; by default as small as possible.",
              LinuxdiskProvider::size)
          .defaultValue(new Size(true, 0));

  private static final Parameter<String> TYPE =
      Parameter.choice("type", List.of("ext2", "ext3", "ext4"), "Type of the filesystem.")
          .defaultValue("ext2");

  /**
   * Without a size, the script estimates one, and tries again with more space if mke2fs fails. The
   * estimate adds space for inodes of 256 bytes, indirect blocks, group descriptors, and a journal.
   */
  private static final String COMMAND =
      """
      set -e
      PATH=$PATH:/usr/sbin:/sbin
      make() {
        truncate -s "$1" "$disk"
        shift
        mke2fs -q -F -t "$type" ${label:+-L "$label"} -d "$dir" "$@" "$disk"
      }
      if [ "$more" = false ]; then
        make "$size"
        exit
      fi
      used=$(du -sk "$dir")
      used=${used%%[!0-9]*}
      inodes=$(($(find "$dir" | wc -l) + 64 + size / 65536))
      total=$(((used + used / 16 + inodes / 2 + 512) * 1024 + size))
      [ "$type" = ext2 ] || total=$((total + 4194304 + total / 16))
      for attempt in 1 2 3; do
        if make "$total" -m 0 -N "$inodes" 2>/dev/null; then
          exit
        fi
        total=$((total + total / 2))
      done
      make "$total" -m 0 -N "$inodes"
      """;

  private static Size size(String text) throws ConfigException {
    boolean more = text.startsWith("+");
    return new Size(more, Sizes.parse(more ? text.substring(1) : text));
  }

  @Override
  public String name() {
    return "linuxdisk";
  }

  @Override
  public String description() {
    return "A disk with a Linux filesystem that contains the files of a directory";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(Directories.DIR, MkfsParameters.LABEL, SIZE, TYPE);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return plugin(config, AnonymousFile.folder());
  }

  static Plugin plugin(Config config, Path folder) {
    Size size = config.get(SIZE);
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("dir", FileNames.text(config.get(Directories.DIR)));
    variables.put("label", config.find(MkfsParameters.LABEL).orElse(""));
    variables.put("type", config.get(TYPE));
    variables.put("more", Boolean.toString(size.more()));
    return new CreatedDiskPlugin(
        new DiskCommand(COMMAND, variables, size.bytes()), folder, LinuxdiskProvider::partitioned);
  }

  private static Plugin partitioned(Path disk) throws ConfigException {
    PartitioningProvider partitioning = new PartitioningProvider();
    return partitioning.create(
        Config.builder(partitioning.parameters())
            .put("partition-type", "gpt")
            .put("file", FileNames.text(disk))
            .build());
  }
}
