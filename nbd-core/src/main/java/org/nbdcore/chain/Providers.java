package org.nbdcore.chain;

import java.io.Closeable;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.PluginProvider;

/**
 * Finds plugins and filters by name: first on the class path, then in third-party jars. It opens
 * the jars only if a name is not on the class path, or to list all providers.
 *
 * <p>A broken jar is reported with the reason and ignored. Not safe for use by several threads. The
 * class loaders of the jars stay open until {@link #close}. Close the chains before.
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
   * Creates the search. It does not read any file yet.
   *
   * @param folders of third-party jars; see {@link PluginFolders}
   * @param warnings receives one line for each jar or provider that cannot be used
   */
  public Providers(List<Path> folders, Consumer<String> warnings) {
    this.folders = List.copyOf(folders);
    this.warnings = warnings;
  }

  /** The folders of third-party jars, in the order of the search. */
  public List<Path> folders() {
    return folders;
  }

  /** Returns the plugin with that name, or nothing. */
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
   * Returns the plugins of one jar: a third-party jar, or one of nbd-core. Afterwards {@link
   * #filter(String)} also finds the filters of this jar.
   *
   * @throws IOException if the file is not a jar with providers, with the reason
   */
  public List<PluginProvider> plugins(Path jar) throws IOException {
    addOwn();
    List<PluginProvider> known = of(jar, plugins.values());
    return known.isEmpty() ? named(jar).plugins() : known;
  }

  /**
   * Returns the filters of one jar: a third-party jar, or one of nbd-core.
   *
   * @throws IOException if the file is not a jar with providers, with the reason
   */
  public List<FilterProvider> filters(Path jar) throws IOException {
    addOwn();
    List<FilterProvider> known = of(jar, filters.values());
    return known.isEmpty() ? named(jar).filters() : known;
  }

  private static <P> List<P> of(Path jar, Collection<P> providers) {
    return providers.stream()
        .filter(known -> origin(known).filter(path -> same(path, jar)).isPresent())
        .toList();
  }

  private PluginJar named(Path path) throws IOException {
    PluginJar known = opened(path);
    if (known != null) {
      return known;
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    PluginJar jar = PluginJar.open(path, new SpiLoader(), problem(path));
    jars.add(jar);
    jar.plugins().forEach(provider -> plugins.putIfAbsent(provider.name(), provider));
    jar.filters().forEach(provider -> filters.putIfAbsent(provider.name(), provider));
    return jar;
  }

  private @Nullable PluginJar opened(Path path) {
    for (PluginJar jar : jars) {
      if (same(jar.path(), path)) {
        return jar;
      }
    }
    return null;
  }

  private static boolean same(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the filter with that name, or nothing. */
  public Optional<FilterProvider> filter(String name) {
    while (!filters.containsKey(name) && ownFilters.hasNext()) {
      addOwn(ownFilters.next());
    }
    if (!filters.containsKey(name)) {
      openJars();
    }
    return Optional.ofNullable(filters.get(name));
  }

  /** Returns all plugins, those on the class path first. Opens every jar. */
  public List<PluginProvider> plugins() {
    openJars();
    return List.copyOf(plugins.values());
  }

  /** Returns all filters, those on the class path first. Opens every jar. */
  public List<FilterProvider> filters() {
    openJars();
    return List.copyOf(filters.values());
  }

  /**
   * Returns the jar, or folder of classes, that contains the class of a provider. Empty if it is
   * unknown.
   */
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

  private void addOwn() {
    ownPlugins.forEachRemaining(this::addOwn);
    ownFilters.forEachRemaining(this::addOwn);
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
    addOwn();
    ClassLoader parent = new SpiLoader();
    for (Path path : PluginFolders.jars(folders, warnings)) {
      if (opened(path) != null) {
        continue; // the command line names this jar, so plugins(Path) reports its errors
      }
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
      PluginJar jar = PluginJar.open(path, parent, problem(path));
      jars.add(jar);
      return Optional.of(jar);
    } catch (IOException e) {
      warnings.accept(path + ": " + ExceptionText.of(e));
      return Optional.empty();
    }
  }

  private Consumer<String> problem(Path path) {
    return problem -> warnings.accept(path + ": " + problem);
  }

  private <P> void add(String kind, String name, P provider, Map<String, P> known, Path jar) {
    P earlier = known.putIfAbsent(name, provider);
    if (earlier != null) {
      String other = origin(earlier).map(Path::toString).orElse("the program");
      warnings.accept(
          jar + ": its " + kind + " '" + name + "' is ignored, because " + other + " has one too");
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
