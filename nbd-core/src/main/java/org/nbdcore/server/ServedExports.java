package org.nbdcore.server;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.LayerCounter;
import org.nbdcore.server.export.ExportRules;
import org.nbdcore.server.export.ExportTable;
import org.nbdcore.server.export.ServedChain;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.server.memory.ExportBudget;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Host;

/**
 * Adds, replaces and removes the exports of a server for {@link NbdServer}. It creates a {@link
 * ServedChain} for each {@link ServerExport}, starts it, and puts it into the {@link ExportTable},
 * where clients find it.
 */
final class ServedExports {

  private final ServerOptions options;
  private final Host host;
  private final ServerThreads threads;
  private final MemoryReclaimer reclaimer;
  private final ExportTable table;

  /** Creates the exports of the builder, without starting them. */
  ServedExports(
      ServerBuilder builder, Host host, ServerThreads threads, MemoryReclaimer reclaimer) {
    this.options = builder.options();
    this.host = host;
    this.threads = threads;
    this.reclaimer = reclaimer;
    Chain others = builder.others();
    table =
        new ExportTable(
            others == null
                ? null
                : new ServedChain(
                    null,
                    ExportRules.of(options.readOnly()),
                    others,
                    host,
                    options.startTimeout()));
    builder.exports().forEach(export -> table.add(served(export)));
  }

  private ServedChain served(ServerExport export) {
    ClientCheck check = export.clientCheck();
    return new ServedChain(
        Export.of(export.name()).withDescription(export.description()),
        new ExportRules(
            options.readOnly() || export.readOnly(),
            export.lazy(),
            check == ClientCheck.ANY ? null : check::check,
            export.maxInFlight() == Long.MAX_VALUE
                ? null
                : new ExportBudget(export.maxInFlight(), reclaimer.forExport())),
        export.chain(),
        host,
        options.startTimeout());
  }

  /** The table in which connections find an export. */
  ExportTable table() {
    return table;
  }

  /** Starts the chains of all exports that are not lazy. */
  void start(List<ServerExport> all) throws IOException {
    List<ServedChain> eager =
        all.stream()
            .filter(export -> !export.lazy())
            .map(export -> table.get(export.name()))
            .toList();
    new ChainStarter(table, threads, options.startTimeout()).start(eager);
  }

  /** See {@link NbdServer#addExport}. */
  void add(ServerExport export) throws IOException {
    export.claimChain(); // if this throws, the chain is in use elsewhere, so do not close it
    ServedChain chain;
    try {
      chain = served(export);
      table.add(chain);
    } catch (RuntimeException | Error e) {
      CloseQuietly.quietly(export.chain());
      throw e;
    }
    if (export.lazy()) {
      return;
    }
    boolean started = false;
    try {
      chain.start();
      started = true;
    } finally {
      if (!started) {
        table.remove(chain);
      }
    }
  }

  /** See {@link NbdServer#replaceExport}. */
  CompletableFuture<Void> replace(ServerExport export) throws IOException {
    ServedChain next;
    ServedChain previous;
    export.claimChain(); // as in add
    try {
      next = served(export);
    } catch (RuntimeException | Error e) {
      CloseQuietly.quietly(export.chain());
      throw e;
    }
    boolean started = false;
    try {
      if (!export.lazy()) {
        next.start();
      }
      started = true;
    } finally {
      if (!started && !table.usable(export.name())) {
        retire(table.replace(next));
      }
    }
    try {
      previous = table.replace(next);
    } catch (IllegalStateException e) {
      next.retire(Runnable::run); // now, because a stop does not wait for chains not in the table
      throw e;
    }
    return retire(previous);
  }

  private CompletableFuture<Void> retire(@Nullable ServedChain previous) {
    return previous == null
        ? CompletableFuture.completedFuture(null)
        : previous.retire(threads).copy();
  }

  /** See {@link NbdServer#removeExport}. */
  CompletableFuture<Void> remove(String name) {
    return table.remove(name).retire(threads).copy();
  }

  /** See {@link NbdServer#exports}. */
  List<ExportStatus> statuses() {
    return table.all().stream().filter(ServedChain::isNamed).map(ExportStatus::new).toList();
  }

  /** See {@link NbdServer#counters}. */
  Map<String, List<LayerCounter>> counters() {
    Map<String, List<LayerCounter>> counters = new TreeMap<>();
    table.all().forEach(chain -> counters.put(chain.export().name(), chain.counters()));
    return counters;
  }

  /**
   * Removes all exports from the table and refuses further ones. The caller must retire the
   * returned chains.
   */
  List<ServedChain> close() {
    return table.close();
  }
}
