package org.nbdcore.plugin.javasource;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/**
 * The class in a source file that implements the plugin.
 *
 * @param type implements one of {@link #KINDS}
 * @param kind the interface that it implements
 */
record PluginClass(SourceFile source, Class<?> type, Class<?> kind) {

  /**
   * The interfaces that the class may implement. A file with a plugin and its device counts as a
   * plugin.
   */
  private static final List<Class<?>> KINDS =
      List.of(PluginProvider.class, Plugin.class, BlockDevice.class);

  /**
   * Finds the plugin among the top-level classes.
   *
   * @throws ConfigException if there is none, or several and none has the name of the file
   */
  static PluginClass find(SourceFile source, Iterable<String> names, ClassLoader loader)
      throws ConfigException {
    List<Class<?>> classes = new ArrayList<>();
    for (String name : names) {
      Class<?> type = load(source, name, loader);
      if (type.getEnclosingClass() == null && !Modifier.isAbstract(type.getModifiers())) {
        classes.add(type);
      }
    }
    for (Class<?> kind : KINDS) {
      List<Class<?>> plugins = classes.stream().filter(kind::isAssignableFrom).toList();
      if (!plugins.isEmpty()) {
        return new PluginClass(source, chosen(source, plugins), kind);
      }
    }
    throw new ConfigException(
        source.name()
            + " has no class that implements PluginProvider, Plugin or BlockDevice of "
            + PluginProvider.class.getPackageName());
  }

  private static Class<?> load(SourceFile source, String name, ClassLoader loader)
      throws ConfigException {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ConfigException(source.name() + ": " + name + " cannot be loaded: " + e, e);
    }
  }

  private static Class<?> chosen(SourceFile source, List<Class<?>> plugins) throws ConfigException {
    for (Class<?> plugin : plugins) {
      if (plugins.size() == 1 || plugin.getSimpleName().equals(source.mainClass())) {
        return plugin;
      }
    }
    throw new ConfigException(
        plugins.stream().map(Class::getSimpleName).collect(Collectors.joining(", "))
            + " could each be the plugin of "
            + source.name()
            + ": give one of them the name of the file");
  }

  /** Describes the plugin; the file's own provider if it has one. */
  PluginProvider provider() throws ConfigException {
    return kind == PluginProvider.class ? (PluginProvider) create(null) : new ClassProvider(this);
  }

  /**
   * Creates an object with the constructor that accepts the parameters, otherwise with the one
   * without arguments.
   *
   * @param config null if there are no parameters
   * @throws ConfigException thrown by the constructor, or explaining its exception
   */
  Object create(Config config) throws ConfigException {
    try {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        Class<?>[] taken = constructor.getParameterTypes();
        if (config != null && taken.length == 1 && taken[0] == Config.class) {
          constructor.setAccessible(true);
          return constructor.newInstance(config);
        }
      }
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (NoSuchMethodException e) {
      throw new ConfigException(
          source.name()
              + ": "
              + type.getSimpleName()
              + " needs a constructor without arguments"
              + (kind == PluginProvider.class ? "" : ", or with a Config"),
          e);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof ConfigException refused
          ? refused
          : new ConfigException(explained(e.getCause()), e);
    } catch (InstantiationException | IllegalAccessException e) {
      throw new ConfigException(source.name() + ": " + e, e);
    } catch (LinkageError e) {
      throw new ConfigException(explained(e), e);
    }
  }

  /** The value of a static field, which initializes the class. */
  Object value(Field field) throws ConfigException {
    try {
      field.setAccessible(true);
      return field.get(null);
    } catch (IllegalAccessException e) {
      throw new ConfigException(source.name() + ": " + e, e);
    } catch (LinkageError e) {
      throw new ConfigException(explained(e), e);
    }
  }

  /** The failure with the line of the source file that met it. */
  private String explained(Throwable failure) {
    Throwable first = failure instanceof ExceptionInInitializerError ? failure.getCause() : failure;
    for (StackTraceElement frame : first.getStackTrace()) {
      if (source.name().equals(frame.getFileName())) {
        return source.name() + ":" + frame.getLineNumber() + ": " + first;
      }
    }
    return source.name() + ": " + first;
  }
}
