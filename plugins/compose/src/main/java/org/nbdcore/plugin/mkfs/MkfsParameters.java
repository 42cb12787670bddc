package org.nbdcore.plugin.mkfs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** The parameters of both plugins. Every other key is a variable of the command. */
final class MkfsParameters {

  static final Parameter<Long> SIZE =
      Parameter.size("size", "Size of each disk; with command, only passed to it.")
          .required()
          .magic();
  static final Parameter<String> TYPE =
      Parameter.string("type", "Type of the filesystem, as mkfs knows it.")
          .placeholder("FS")
          .defaultValue("ext4");
  static final Parameter<String> LABEL =
      Parameter.string("label", "Label of the filesystem.").placeholder("LABEL");
  static final Parameter<String> COMMAND =
      Parameter.string("command", "Shell command to run instead of mkfs.").placeholder("COMMAND");

  private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";

  /** Keys of the plugin itself, which are not variables. */
  private static final List<String> NO_VARIABLES =
      List.of("command", "size", "dir", "wait", "share");

  private MkfsParameters() {}

  /**
   * Returns the command that creates a disk.
   *
   * @throws ConfigException for a key that cannot be a variable
   */
  static DiskCommand command(Config config) throws ConfigException {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("type", config.get(TYPE));
    variables.put("label", config.find(LABEL).orElse(""));
    for (Config.Entry entry : config.entries()) {
      String key = entry.key();
      if (NO_VARIABLES.contains(key)) {
        continue;
      }
      if (key.equals("disk")) {
        throw new ConfigException(
            "disk cannot be given: it is the variable with the name of the new file");
      }
      if (!key.matches(NAME)) {
        throw new ConfigException(
            key + " must be letters, digits and _, because it becomes a variable of the shell");
      }
      if (!config.has(COMMAND) && !variables.containsKey(key)) {
        throw new ConfigException(
            "unknown key '" + key + "'; it would be a variable of command=, which is not given");
      }
      variables.put(key, entry.value());
    }
    return new DiskCommand(
        config.find(COMMAND).orElse(DiskCommand.MKFS), variables, config.get(SIZE));
  }
}
