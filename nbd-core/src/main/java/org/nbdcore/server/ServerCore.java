package org.nbdcore.server;

import java.util.List;
import java.util.concurrent.Executor;
import org.nbdcore.log.DebugOnce;
import org.nbdcore.server.export.ExportTable;
import org.nbdcore.server.handshake.HandshakeLimit;
import org.nbdcore.server.handshake.HandshakeSettings;
import org.nbdcore.server.memory.SlabPool;
import org.nbdcore.server.transmission.CallMonitor;
import org.nbdcore.server.transmission.SpinLimit;
import org.nbdcore.server.transmission.TransmissionContext;

/**
 * The state that all connections of a server share.
 *
 * @param exports the exports that clients can open
 * @param silent limits the number of clients in the handshake for whose input the server waits
 * @param rejections logs rejected clients
 * @param listeners receive the events of connections and requests
 */
record ServerCore(
    ServerOptions options,
    ExportTable exports,
    SlabPool pool,
    HandshakeSettings handshake,
    TransmissionContext transmission,
    HandshakeLimit silent,
    RejectionLog rejections,
    ListenerCalls listeners) {

  static ServerCore of(
      ServerOptions options,
      ExportTable exports,
      SlabPool pool,
      Executor threads,
      List<ServerListener> listeners) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new ServerCore(
        options,
        exports,
        pool,
        new HandshakeSettings(
            exports,
            options.exportName(),
            options.structuredReplies(),
            options.metaContexts(),
            options.handshakeMask(),
            options.oldstyle(),
            options.extendedHeaders(),
            options.tls()),
        new TransmissionContext(
            pool,
            threads,
            new CallMonitor(pool),
            new SpinLimit(processors - 1, 50_000),
            new DebugOnce(TransmissionContext.UNFLAGGED_WRITES),
            options.threads()),
        new HandshakeLimit(),
        new RejectionLog(),
        new ListenerCalls(listeners));
  }
}
