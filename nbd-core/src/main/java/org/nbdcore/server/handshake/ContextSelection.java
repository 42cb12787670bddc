package org.nbdcore.server.handshake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.export.SelectedContexts;
import org.nbdcore.server.failure.ClientDisconnectedException;
import org.nbdcore.server.failure.Failures;

/**
 * The meta contexts in one connection's handshake: finds those that match a client's queries, and
 * stores those that it has selected.
 */
final class ContextSelection {

  private final ExportSelection exports;
  private String export; // the export whose contexts are selected, or null
  private SelectedContexts selected = SelectedContexts.NONE;

  ContextSelection(ExportSelection exports) {
    this.exports = exports;
  }

  void clear() {
    export = null;
    selected = SelectedContexts.NONE;
  }

  void select(String name, List<String> contexts) {
    export = name;
    selected = SelectedContexts.of(contexts);
  }

  /** The contexts selected for an export; none if the selection is for another export. */
  SelectedContexts of(OpenExport chosen) {
    return chosen.name.equals(export) ? selected : SelectedContexts.NONE;
  }

  /**
   * The reply to LIST_META_CONTEXT: all contexts of the export if there is no query, otherwise
   * those that match a query. A query is a name, or a namespace with its colon.
   */
  List<String> list(String name, List<String> queries) throws IOException {
    List<String> found = new ArrayList<>();
    for (String context : offered(name, queries.isEmpty() || anyForeign(queries))) {
      String namespace = context.substring(0, context.indexOf(':') + 1);
      if (queries.isEmpty() || queries.contains(context) || queries.contains(namespace)) {
        found.add(context);
      }
    }
    return found;
  }

  /**
   * The contexts of an export that SET_META_CONTEXT selects. A query that is only a namespace
   * selects none.
   */
  List<String> named(String name, List<String> queries) throws IOException {
    List<String> found = new ArrayList<>(offered(name, anyForeign(queries)));
    found.retainAll(queries);
    return found;
  }

  private static boolean anyForeign(List<String> queries) {
    return queries.stream().anyMatch(query -> !query.startsWith("base:"));
  }

  /**
   * The contexts that a client can select.
   *
   * @param own whether to include the contexts of the device, for which the export must be opened.
   *     If that fails, the export has none. The client gets the failure when it selects the export
   */
  private Set<String> offered(String name, boolean own) throws IOException {
    Set<String> contexts = new LinkedHashSet<>();
    contexts.add(MetaContext.BASE_ALLOCATION);
    if (own) {
      try {
        contexts.addAll(exports.open(exports.resolve(name)).ownContexts);
      } catch (ClientDisconnectedException e) {
        throw e;
      } catch (IOException | RuntimeException | LinkageError e) {
        ServerLog.LOG.debug(
            () -> "looking for meta contexts of '" + name + "': " + Failures.message(e));
      }
    }
    return contexts;
  }
}
