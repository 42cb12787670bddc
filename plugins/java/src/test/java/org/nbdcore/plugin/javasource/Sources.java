package org.nbdcore.plugin.javasource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Plugin;

/** Source files for tests. */
final class Sources {

  private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern CLASS = Pattern.compile("class (\\w+)");

  private Sources() {}

  /** Writes the class of that name that docs/java.md shows. */
  static Path ofPage(String name, Path folder) throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("../../docs/java.md")));
    while (block.find()) {
      Matcher declared = CLASS.matcher(block.group(1));
      if (declared.find() && declared.group(1).equals(name)) {
        return Files.writeString(folder.resolve(name + ".java"), block.group(1));
      }
    }
    throw new AssertionError("docs/java.md has no class " + name);
  }

  /** Creates the plugin of a file; each entry is {@code key=value}. */
  static Plugin create(Path file, String... entries) throws ConfigException {
    JavaProvider provider = new JavaProvider();
    return provider.create(config(provider, file, entries));
  }

  static Config config(JavaProvider provider, Path file, String... entries) throws ConfigException {
    Config.Builder builder = Config.builder(provider.parameters()).put("script", file.toString());
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      builder.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return builder.build();
  }
}
