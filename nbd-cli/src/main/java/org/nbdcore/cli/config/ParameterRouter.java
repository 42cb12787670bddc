package org.nbdcore.cli.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.NameSuggestions;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;

/**
 * Passes each {@code key=value} of the command line to its layer:
 *
 * <ul>
 *   <li>{@code key=} to the outermost filter that declares the key, and to every other copy of that
 *       same filter;
 *   <li>otherwise to the plugin, if it declares the key;
 *   <li>{@code FILTER.key=}, and {@code FILTER.N.key=} to the Nth copy of a filter from the client;
 *   <li>otherwise to the plugin, if it accepts any key;
 *   <li>a bare word to the plugin's magic key. Without a magic key, the first bare word is its
 *       script. Further words have an empty key, if the plugin accepts any key.
 * </ul>
 */
public final class ParameterRouter {

  private final List<LayerParameters> filters;
  private final LayerParameters plugin;
  private final boolean pluginTakesAnyKey;
  private final List<String> otherKeys;
  private String magicWord;

  /**
   * Prepares for the layers of one chain.
   *
   * @param filterProviders the one nearest the client first
   */
  public ParameterRouter(List<FilterProvider> filterProviders, PluginProvider pluginProvider) {
    this(filterProviders, pluginProvider, ParameterValues.UNCHANGED, List.of());
  }

  /**
   * Creates a router for another source of parameters than the command line.
   *
   * @param values converts each value before its layer receives it
   * @param otherKeys keys of no layer, for suggestions
   */
  public ParameterRouter(
      List<FilterProvider> filterProviders,
      PluginProvider pluginProvider,
      ParameterValues values,
      List<String> otherKeys) {
    this.otherKeys = otherKeys;
    filters =
        filterProviders.stream().map(provider -> new LayerParameters(provider, values)).toList();
    plugin = new LayerParameters(pluginProvider, values);
    pluginTakesAnyKey = pluginProvider.acceptsAnyKey();
  }

  /**
   * Routes the words after the plugin's name. {@code @PATH} stands for the words in that file.
   *
   * @throws ConfigException for an unknown key (the message suggests similar ones), for a bare word
   *     that the plugin does not accept, and for a file that cannot be read
   */
  public void words(List<String> commandLine) throws ConfigException {
    List<String> words = ParameterFiles.expand(commandLine);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int equals = word.indexOf('=');
      if (isKey(word, equals)) {
        keyValue(word.substring(0, equals), word.substring(equals + 1));
      } else {
        bare(word, i == 0);
      }
    }
  }

  /** Keys look like names; {@code ./a=b.img} and {@code /a=b.img} are files. */
  private static boolean isKey(String word, int length) {
    for (int i = 0; i < length; i++) {
      char c = word.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean inside = (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      if (!letter && (i == 0 || !inside)) {
        return false;
      }
    }
    return length > 0;
  }

  private void bare(String word, boolean first) throws ConfigException {
    if (plugin.magic().isEmpty()) {
      if (!first && pluginTakesAnyKey) {
        plugin.put("", word); // a script knows its magic key, and is not loaded yet
        return;
      }
      if (!first || !(plugin.declares("script") || pluginTakesAnyKey)) {
        throw new ConfigException(
            plugin.name()
                + " takes no bare word, only key=value: '"
                + shown(word)
                + "' has no key");
      }
      plugin.put("script", word); // a scripting plugin's file, as in nbdkit
      return;
    }
    Parameter<?> magic = plugin.magic().get();
    if (word.isEmpty()) {
      plugin.put(magic.key(), word); // some programs pass an empty word before the real one
      return;
    }
    if (magicWord != null && !magic.isRepeatable()) {
      String words =
          magic.isSecret() ? "two words" : "'" + shown(magicWord) + "' and '" + shown(word) + "'";
      throw new ConfigException(
          words + " are given as " + magic.key() + "; " + plugin.name() + " takes only one");
    }
    magicWord = word;
    plugin.put(magic.key(), word);
  }

  /** Without the user and password that a URL may have. */
  private static String shown(String word) {
    int slashes = word.indexOf("//");
    int at = word.lastIndexOf('@');
    return slashes < 0 || at < slashes
        ? word
        : word.substring(0, slashes + 2) + "..." + word.substring(at);
  }

  /**
   * Routes one {@code key=value}.
   *
   * @throws ConfigException for an unknown key, and for an invalid value
   */
  public void put(String key, String value) throws ConfigException {
    keyValue(key, value);
  }

  private void keyValue(String key, String value) throws ConfigException {
    for (LayerParameters filter : filters) {
      if (filter.declares(key)) {
        for (LayerParameters copy : copiesOf(filter.name())) {
          copy.put(key, value);
        }
        return;
      }
    }
    if (plugin.declares(key)) {
      plugin.put(key, value);
    } else if (!addressed(key, value)) {
      if (!pluginTakesAnyKey) {
        throw unknown(key);
      }
      plugin.put(key, value);
    }
  }

  private List<LayerParameters> copiesOf(String name) {
    return filters.stream().filter(filter -> filter.name().equals(name)).toList();
  }

  /** Routes {@code FILTER.key}, {@code FILTER.N.key} and {@code PLUGIN.key}. */
  private boolean addressed(String key, String value) throws ConfigException {
    int dot = key.indexOf('.');
    if (dot < 0) {
      return false;
    }
    String name = key.substring(0, dot);
    String rest = key.substring(dot + 1);
    List<LayerParameters> targets = copiesOf(name);
    int second = rest.indexOf('.');
    if (targets.isEmpty()) {
      if (!name.equals(plugin.name())) {
        return false;
      }
      targets = List.of(plugin);
    } else if (second > 0 && Character.isDigit(rest.charAt(0))) {
      targets = List.of(copy(targets, rest.substring(0, second), key));
      rest = rest.substring(second + 1);
    }
    for (LayerParameters target : targets) {
      if (!target.declares(rest)) {
        throw new ConfigException(
            "unknown key '"
                + rest
                + "' for "
                + target.name()
                + NameSuggestions.hint(rest, target.keys()));
      }
      target.put(rest, value);
    }
    return true;
  }

  private static LayerParameters copy(List<LayerParameters> copies, String number, String key)
      throws ConfigException {
    for (int n = 1; n <= copies.size(); n++) {
      if (number.equals(Integer.toString(n))) {
        return copies.get(n - 1);
      }
    }
    throw new ConfigException(
        key
            + ": "
            + copies.get(0).name()
            + " is in the chain "
            + (copies.size() == 1 ? "once" : copies.size() + " times, counted from 1")
            + ", so there is no number "
            + number);
  }

  private ConfigException unknown(String key) {
    Set<String> valid = new LinkedHashSet<>();
    Set<String> layers = new LinkedHashSet<>();
    for (LayerParameters filter : filters) {
      valid.addAll(filter.keys());
      layers.add(filter.name());
    }
    valid.addAll(plugin.keys());
    layers.add(plugin.name());
    String question = NameSuggestions.question(key, otherKeys);
    if (!question.isEmpty() && NameSuggestions.to(key, valid).isEmpty()) {
      return new ConfigException("unknown key '" + key + "'" + question);
    }
    return new ConfigException(
        "unknown key '"
            + key
            + "' for "
            + String.join(", ", layers)
            + NameSuggestions.hint(key, valid));
  }

  /**
   * Hands a debug flag to the layers of its name.
   *
   * @param warnings receives a line if no layer has such a flag, which stops nothing
   */
  public void debug(DebugSetting setting, Consumer<String> warnings) {
    List<LayerParameters> all = new ArrayList<>(filters);
    all.add(plugin);
    boolean used = false;
    for (LayerParameters layer : all) {
      if (layer.name().equals(setting.layer()) && layer.hasDebugFlag(setting.flag())) {
        layer.debug(setting.flag(), setting.value());
        used = true;
      }
    }
    if (!used) {
      warnings.accept(
          "the debug flag " + setting.layer() + "." + setting.flag() + " is unknown, so unused");
    }
  }

  /**
   * The configuration of the filter at {@code index}, where 0 is nearest the client. Required
   * parameters may be missing: filters further up may supply them, and the chain checks.
   */
  public Config filter(int index) throws ConfigException {
    return filters.get(index).build();
  }

  /** The plugin's configuration; as for a filter, required parameters may be missing. */
  public Config plugin() throws ConfigException {
    return plugin.build();
  }
}
