package org.nbdcore.filter.common;

import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;

/** A setting that is on, off, or on while a file exists. */
public final class FileSwitch {

  private final boolean on;
  private final Path file;

  private FileSwitch(boolean on, Path file) {
    this.on = on;
    this.file = file;
  }

  /** A parameter that accepts true, false or an absolute path. The default is off. */
  public static Parameter<FileSwitch> parameter(String key, String help) {
    Parameter<Boolean> plain = Parameter.bool(key, help);
    return Parameter.of(key, "true|false|/PATH", help, text -> parse(plain, text))
        .defaultValue(new FileSwitch(false, null));
  }

  private static FileSwitch parse(Parameter<Boolean> plain, String text) throws ConfigException {
    if (text.startsWith("/")) {
      return new FileSwitch(false, FileNames.path(text));
    }
    try {
      return new FileSwitch(plain.parse(text), null);
    } catch (ConfigException e) {
      throw new ConfigException("must be true, false or an absolute path, not '" + text + "'", e);
    }
  }

  /** True if it is currently on. */
  public boolean on() {
    return file == null ? on : Files.exists(file);
  }
}
