package org.nbdcore.packaging;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nbdcore.spi.Parameter;

/** Makes the completion of one shell, from the same declarations as the manual pages. */
interface Completion {

  /** Where the shell looks for the file, below {@code /usr/share}. */
  String path(DocumentedCommand command);

  /** The completion of the server. */
  String server(
      DocumentedCommand server, List<DocumentedLayer> plugins, List<DocumentedLayer> filters);

  /** The completion of a command beside it. */
  String tool(DocumentedCommand command);

  /** The layers that have parameters, the filters first. */
  static List<DocumentedLayer> configurable(
      List<DocumentedLayer> plugins, List<DocumentedLayer> filters) {
    return Stream.concat(filters.stream(), plugins.stream())
        .filter(layer -> !layer.parameters().isEmpty())
        .toList();
  }

  /** The words that a parameter's value may be, as far as it may be no more than words. */
  static List<String> choices(Parameter<?> parameter) {
    return parameter.choices().isEmpty() ? Flag.choices(parameter.form(), "") : parameter.choices();
  }

  /** What bash and zsh match a layer and any of the keys that mean a parameter with. */
  static String pattern(DocumentedLayer layer, Parameter<?> parameter) {
    return Stream.concat(Stream.of(parameter.key()), parameter.aliases().stream())
        .map(key -> layer.label() + ":" + key)
        .collect(Collectors.joining(" | "));
  }

  /** The options whose value may be the next word. */
  static List<String> taking(DocumentedCommand command) {
    return command.flags().stream()
        .filter(flag -> flag.takesValue() && !flag.optional())
        .flatMap(flag -> flag.spellings().stream())
        .toList();
  }

  /** A function's name for a command or layer. */
  static String identifier(String name) {
    return name.replace('-', '_');
  }
}
