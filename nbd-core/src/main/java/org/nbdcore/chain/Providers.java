package org.nbdcore.chain;

import java.io.Closeable;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.PluginProvider;

/**
 * Finds plugins and filters by name: first on the class path, then in third-party jars. It opens
 * the jars only if the class path does not have the name, or to list all.
 *
 * <p>A broken jar is reported with the reason and ignored. Not safe for use by several threads. The
 * class loaders of jars stay open until {@link #close}, which comes after the chain's.
 */
public final class Providers implements Closeable {

  private final List<Path> folders;
  private final Consumer<String> warnings;
  private final Map<String, PluginProvider> plugins = new LinkedHashMap<>();
  private final Map<String, FilterProvider> filters = new LinkedHashMap<>();
  private final List<PluginJar> jars = new ArrayList<>();
  private boolean jarsOpened;

  // Iterate only up to the wanted name, because each step may open a jar of the class path.
  private final Iterator<PluginProvider> ownPlugins =
      ServiceLoader.load(PluginProvider.class).iterator();
  private final Iterator<FilterProvider> ownFilters =
      ServiceLoader.load(FilterProvider.class).iterator();

  /**
   * Prepares to search; nothing is read yet.
   *
   * @param folders of third-party jars; see {@link PluginFolders}
   * @param warnings receives a line for each jar or provider that cannot be used
   */
  public Providers(List<Path> folders, Consumer<String> warnings) {
    this.folders = List.copyOf(folders);
    this.warnings = warnings;
  }

  /** The plugin of that name. */
  public Optional<PluginProvider> plugin(String name) {
    while (!plugins.containsKey(name) && ownPlugins.hasNext()) {
      addOwn(ownPlugins.next());
    }
    if (!plugins.containsKey(name)) {
      openJars();
    }
    return Optional.ofNullable(plugins.get(name));
  }

  /**
   * The plugin of a jar, ours or another.
   *
   * @return nothing if the file cannot be read, or has no plugin or several
   */
  public Optional<PluginProvider> plugin(Path jar) {
    List<PluginProvider> found = new ArrayList<>();
    for (PluginProvider known : plugins()) {
      Optional<Path> origin = origin(known);
      if (origin.isPresent() && same(origin.get(), jar)) {
        found.add(known);
      }
    }
    if (found.isEmpty() && Files.isRegularFile(jar)) {
      open(jar, new SpiLoader()).ifPresent(opened -> found.addAll(opened.plugins()));
    }
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  private static boolean same(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  /** The filter of that name. */
  public Optional<FilterProvider> filter(String name) {
    while (!filters.containsKey(name) && ownFilters.hasNext()) {
      addOwn(ownFilters.next());
    }
    if (!filters.containsKey(name)) {
      openJars();
    }
    return Optional.ofNullable(filters.get(name));
  }

  /** Every plugin, ours first. */
  public List<PluginProvider> plugins() {
    openJars();
    return List.copyOf(plugins.values());
  }

  /** Every filter, ours first. */
  public List<FilterProvider> filters() {
    openJars();
    return List.copyOf(filters.values());
  }

  /** The jar or folder of classes that a provider came from. */
  public static Optional<Path> origin(Object provider) {
    Object original =
        provider instanceof ThirdPartyProviders.Provider foreign ? foreign.original() : provider;
    CodeSource source = original.getClass().getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void addOwn(PluginProvider provider) {
    plugins.put(provider.name(), provider);
  }

  private void addOwn(FilterProvider provider) {
    filters.put(provider.name(), provider);
  }

  private void openJars() {
    if (jarsOpened) {
      return;
    }
    jarsOpened = true;
    ownPlugins.forEachRemaining(this::addOwn);
    ownFilters.forEachRemaining(this::addOwn);
    ClassLoader parent = new SpiLoader();
    for (Path path : PluginFolders.jars(folders, warnings)) {
      Optional<PluginJar> opened = open(path, parent);
      if (opened.isPresent()) {
        PluginJar jar = opened.get();
        jar.plugins().forEach(provider -> add("plugin", provider.name(), provider, plugins, path));
        jar.filters().forEach(provider -> add("filter", provider.name(), provider, filters, path));
      }
    }
  }

  private Optional<PluginJar> open(Path path, ClassLoader parent) {
    try {
      PluginJar jar =
          PluginJar.open(path, parent, problem -> warnings.accept(path + ": " + problem));
      jars.add(jar);
      return Optional.of(jar);
    } catch (IOException e) {
      warnings.accept(path + ": " + PluginJar.reason(e));
      return Optional.empty();
    }
  }

  private <P> void add(String kind, String name, P provider, Map<String, P> known, Path jar) {
    P earlier = known.putIfAbsent(name, provider);
    if (earlier != null) {
      String other = origin(earlier).map(Path::toString).orElse("the program");
      warnings.accept(
          jar + ": its " + kind + " '" + name + "' is passed over, as " + other + " has one too");
    }
  }

  /** Closes the class loaders of third-party jars. */
  @Override
  public void close() throws IOException {
    for (PluginJar jar : jars) {
      jar.close();
    }
  }
}
