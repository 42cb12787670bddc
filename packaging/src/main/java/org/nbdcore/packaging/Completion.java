package org.nbdcore.packaging;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nbdcore.spi.Parameter;

/** Generates the completion of one shell, from the same declarations as the manual pages. */
interface Completion {

  /** The path of the file below {@code /usr/share}. */
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

  /** The words that are values of a parameter; empty if other values are valid too. */
  static List<String> choices(Parameter<?> parameter) {
    return parameter.choices().isEmpty()
        ? Flag.choices(parameter.placeholder(), "")
        : parameter.choices();
  }

  /** Returns a pattern of bash and zsh that matches a layer and any key of a parameter. */
  static String pattern(DocumentedLayer layer, Parameter<?> parameter) {
    return Stream.concat(Stream.of(parameter.key()), parameter.aliases().stream())
        .map(key -> layer.label() + ":" + key)
        .collect(Collectors.joining(" | "));
  }

  /** The options with a value in the next argument. */
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
