package org.nbdcore.plugin.javasource;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.ThreadModel;

/**
 * Describes a source file without a provider: a class that is a plugin or a device. Its static
 * fields of type {@link Parameter} are its parameters.
 */
final class ClassProvider implements PluginProvider {

  private final PluginClass plugin;
  private final List<Parameter<?>> parameters;

  ClassProvider(PluginClass plugin) throws ConfigException {
    this.plugin = plugin;
    this.parameters = parameters(plugin);
  }

  private static List<Parameter<?>> parameters(PluginClass plugin) throws ConfigException {
    List<Parameter<?>> parameters = new ArrayList<>();
    for (Field field : plugin.type().getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == Parameter.class) {
        parameters.add((Parameter<?>) plugin.value(field));
      }
    }
    return parameters;
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public String description() {
    return plugin.type().getSimpleName();
  }

  @Override
  public List<Parameter<?>> parameters() {
    return parameters;
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return plugin.kind() == Plugin.class
        ? (Plugin) plugin.create(config)
        : new Devices(plugin, config);
  }

  /**
   * A class that is a device: an object for each connection. One call at a time, because a short
   * disk has no locks.
   */
  private record Devices(PluginClass plugin, Config config) implements Plugin {

    @Override
    public ThreadModel threadModel() {
      return ThreadModel.SERIALIZE_ALL_REQUESTS;
    }

    @Override
    public BlockDevice open(OpenRequest request) throws IOException {
      try {
        return (BlockDevice) plugin.create(config);
      } catch (ConfigException e) {
        throw new NbdException(NbdError.EINVAL, e.getMessage(), e);
      }
    }
  }
}
