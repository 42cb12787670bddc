package org.nbdcore.plugin.script;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.FileNames;

/**
 * A script in a file, for {@code sh}.
 *
 * @param path absolute
 */
record ScriptFile(Path path) implements ScriptSource {

  @Override
  public List<String> command(String method) {
    return List.of(FileNames.text(path), method);
  }

  @Override
  public String name() {
    return path.getFileName().toString();
  }
}
