package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.StartContext;

/** Describes {@code floppy}: a FAT disk with the files of a directory. */
public final class FloppyProvider implements PluginProvider {

  private static final Parameter<String> LABEL =
      Parameter.of("label", "LABEL", "Label of the filesystem.", FloppyProvider::label)
          .defaultValue("NBDKITFLOPY");

  private static final Parameter<Long> SIZE =
      Parameter.size("size", "Size of the disk; by default as small as possible.");

  @Override
  public String name() {
    return "floppy";
  }

  @Override
  public String description() {
    return "A FAT disk with the files of a directory";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(Directories.DIR, LABEL, SIZE);
  }

  private static String label(String text) throws ConfigException {
    if (!text.matches("[\\x20-\\x7e&&[^\"*+,./:;<=>?\\[\\\\\\]|]]{1,11}") || text.isBlank()) {
      throw new ConfigException(
          "must be 1 to 11 ASCII letters, digits or blanks, not '" + text + "'");
    }
    return text;
  }

  @Override
  public Plugin create(Config config) {
    return new Plugin() {
      private FatVolume volume; // null until started

      @Override
      public void start(StartContext context) throws IOException {
        FatNode root = FatNode.scan(config.get(Directories.DIR));
        volume = new FatVolume(root, config.get(LABEL), config.find(SIZE).orElse(-1L));
      }

      @Override
      public BlockDevice open(OpenRequest request) {
        return new FloppyDevice(volume);
      }
    };
  }
}
