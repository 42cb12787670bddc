package org.nbdcore.plugin.compose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Sizes;

/**
 * Describes {@code partitioning}: joins files to a disk, each as a partition, with a partition
 * table.
 */
public final class PartitioningProvider implements PluginProvider {

  private static final int LINUX_ID = 0x83;
  private static final UUID LINUX_GUID = UUID.fromString("0FC63DAF-8483-4772-8E79-3D69D8477DE4");
  private static final long LARGEST_ALIGNMENT = 1L << 40;

  static final Parameter<Path> FILE =
      Parameter.path("file", "Files, each of which becomes a partition.")
          .required()
          .repeatable()
          .magic();

  static final Parameter<String> TYPE =
      Parameter.choice(
          "partition-type",
          List.of("mbr", "gpt"),
          "Type of the table; by default gpt for more than 4 files or more than 2T, "
              + "otherwise mbr.");

  static final Parameter<Long> ALIGNMENT =
      Parameter.of(
              "alignment",
              "SIZE",
              "Alignment of the following partitions.",
              PartitioningProvider::alignment)
          .repeatable()
          .defaultValue(1L << 20);

  static final Parameter<Integer> MBR_ID =
      Parameter.of(
              "mbr-id",
              "0xN|default",
              "Type of the following partitions in an MBR.",
              PartitioningProvider::mbrId)
          .repeatable()
          .defaultValue(LINUX_ID);

  static final Parameter<UUID> TYPE_GUID =
      Parameter.of(
              "type-guid",
              "GUID|default",
              "Type of the following partitions in a GPT.",
              PartitioningProvider::typeGuid)
          .repeatable()
          .defaultValue(LINUX_GUID);

  @Override
  public String name() {
    return "partitioning";
  }

  @Override
  public String description() {
    return "Several files as the partitions of one disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE, TYPE, ALIGNMENT, MBR_ID, TYPE_GUID);
  }

  private static long alignment(String text) throws ConfigException {
    long value = Sizes.parse(text);
    if (value < PartitionSpec.SECTOR
        || value > LARGEST_ALIGNMENT
        || value % PartitionSpec.SECTOR != 0) {
      throw new ConfigException("must be a multiple of 512 between 512 and 1T, not '" + text + "'");
    }
    return value;
  }

  private static int mbrId(String text) throws ConfigException {
    if (text.equals("default")) {
      return LINUX_ID;
    }
    try {
      int value = Integer.decode(text);
      if (value >= 0 && value <= 0xff) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the message below is for this, too
    }
    throw new ConfigException("must be a byte such as 0x82, or default, not '" + text + "'");
  }

  private static UUID typeGuid(String text) throws ConfigException {
    if (text.equals("default")) {
      return LINUX_GUID;
    }
    boolean braces = text.startsWith("{") && text.endsWith("}") && text.length() > 2;
    String plain = braces ? text.substring(1, text.length() - 1) : text;
    if (!plain
        .toLowerCase(Locale.ROOT)
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")) {
      throw new ConfigException(
          "must be a GUID such as 0FC63DAF-8483-4772-8E79-3D69D8477DE4, or default, not '"
              + text
              + "'");
    }
    return UUID.fromString(plain);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    List<PartitionSpec> partitions = partitions(config);
    String type = config.find(TYPE).orElse(null);
    if (type == null) {
      type = partitions.size() > 4 || !MbrWriter.fits(partitions) ? "gpt" : "mbr";
    }
    return new JoinedPlugin(
        type.equals("gpt") ? GptWriter.layOut(partitions) : MbrWriter.layOut(partitions));
  }

  /** Each key holds for the files that come after it. */
  private static List<PartitionSpec> partitions(Config config) throws ConfigException {
    List<PartitionSpec> partitions = new ArrayList<>();
    long alignment = ALIGNMENT.defaultValue().orElseThrow();
    int mbrId = LINUX_ID;
    UUID typeGuid = LINUX_GUID;
    long bytes = 0;
    for (Config.Entry entry : config.entries()) {
      switch (entry.key()) {
        case "alignment" -> alignment = ALIGNMENT.parse(entry.value());
        case "mbr-id" -> mbrId = MBR_ID.parse(entry.value());
        case "type-guid" -> typeGuid = TYPE_GUID.parse(entry.value());
        case "file" -> {
          PartFile file = PartFile.of(FILE.parse(entry.value()));
          if (file.size() == 0) {
            throw new ConfigException(
                "file " + file.path() + " is empty; a partition must not be empty");
          }
          bytes += file.size() + 2 * alignment;
          if (bytes < 0 || bytes > Long.MAX_VALUE - (1L << 40)) {
            throw new ConfigException("the files are larger together than a disk can be, 8E");
          }
          partitions.add(new PartitionSpec(file, alignment, mbrId, typeGuid));
        }
        default -> {} // partition-type holds for all
      }
    }
    return partitions;
  }
}
