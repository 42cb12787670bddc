package org.nbdcore.plugin.data;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nbdcore.allocator.Allocators;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code data}: a disk in memory with contents from the command line. */
public final class DataProvider implements PluginProvider {

  static final Parameter<String> DATA =
      Parameter.string("data", "Contents in the language of this plugin; see the manual.").magic();

  static final Parameter<String> RAW =
      Parameter.string("raw", "Contents, byte for byte; they cannot contain zero bytes.");

  static final Parameter<byte[]> BASE64 =
      Parameter.of("base64", "TEXT", "The contents in Base64.", DataProvider::decode);

  static final Parameter<Long> SIZE =
      Parameter.size("size", "Size of the disk; by default that of the contents.");

  static final Parameter<Allocators> ALLOCATOR = Allocators.parameter();

  private static byte[] decode(String text) throws ConfigException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("must be Base64: " + e.getMessage(), e);
    }
  }

  @Override
  public String name() {
    return "data";
  }

  @Override
  public String description() {
    return "A disk in memory whose contents the command line describes";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(DATA, RAW, BASE64, SIZE, ALLOCATOR);
  }

  /** Any other key is a variable of the language. */
  @Override
  public boolean acceptsAnyKey() {
    return true;
  }

  @Override
  public void dump(Config config, DumpSink out) {
    out.put("data_base64", "yes");
    Allocators.dump(out);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    int given = 0;
    for (Parameter<?> parameter : List.of(DATA, RAW, BASE64)) {
      given += config.all(parameter).size();
    }
    if (given != 1) {
      throw new ConfigException(
          "exactly one of data, raw and base64 must be given, once; " + given + " are given");
    }
    Set<String> used = new HashSet<>();
    Expression contents = contents(config, used);
    checkNames(config, used);
    return new DataPlugin(contents, config.find(SIZE), config.get(ALLOCATOR));
  }

  /** A name that the contents do not ask for is a mistyped key rather than a variable. */
  private void checkNames(Config config, Set<String> used) throws ConfigException {
    for (Config.Entry entry : config.entries()) {
      String name = entry.key();
      if (!used.contains(name) && parameters().stream().noneMatch(p -> p.key().equals(name))) {
        throw new ConfigException(
            "unknown key '"
                + name
                + "': the contents have no variable $"
                + name
                + ", and other keys are data, raw, base64, size and allocator");
      }
    }
  }

  /**
   * The contents of the disk.
   *
   * @param used receives the names of the variables in it
   */
  private static Expression contents(Config config, Set<String> used) throws ConfigException {
    if (config.has(BASE64)) {
      return new Literal(config.get(BASE64));
    }
    if (config.has(RAW)) {
      return new Literal(FileNames.encode(config.get(RAW)));
    }
    return Parser.parse(
        DATA.key(),
        FileNames.encode(config.get(DATA)),
        name -> {
          used.add(name);
          return variable(config, name);
        });
  }

  /** Returns the text of a variable. Parameters take precedence over environment variables. */
  private static byte[] variable(Config config, String name) {
    byte[] found = null;
    for (Config.Entry entry : config.entries()) {
      if (entry.key().equals(name)) {
        found = FileNames.encode(entry.value());
      }
    }
    String environment = System.getenv(name);
    if (found == null && environment != null) {
      found = environment.getBytes(StandardCharsets.UTF_8);
    }
    return found;
  }
}
