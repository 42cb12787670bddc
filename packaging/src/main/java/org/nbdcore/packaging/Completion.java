package org.nbdcore.packaging;

import java.util.List;

/** Makes the completion of one shell, from the same declarations as the manual pages. */
interface Completion {

  /** Where the shell looks for the file, below {@code /usr/share}. */
  String path(DocumentedCommand command);

  /** The completion of the server. */
  String server(
      DocumentedCommand server, List<DocumentedLayer> plugins, List<DocumentedLayer> filters);

  /** The completion of a command beside it. */
  String tool(DocumentedCommand command);

  /** A function's name for a command or layer. */
  static String identifier(String name) {
    return name.replace('-', '_');
  }
}
