package org.nbdcore.server;

import java.util.concurrent.Executor;
import org.nbdcore.chain.Chain;
import org.nbdcore.log.WarnOnce;
import org.nbdcore.server.export.RequestLocks;
import org.nbdcore.server.handshake.HandshakeLimit;
import org.nbdcore.server.handshake.HandshakeSettings;
import org.nbdcore.server.memory.BufferPool;
import org.nbdcore.server.transmission.CallMonitor;
import org.nbdcore.server.transmission.SpinLimit;
import org.nbdcore.server.transmission.TransmissionContext;
import org.nbdcore.spi.Backend;

/**
 * The state that all connections of a server share.
 *
 * @param top the layer of the chain nearest the client
 * @param silent limits how many clients are waited for before they have chosen an export
 * @param rejections logs rejected clients
 */
record ServerCore(
    ServerOptions options,
    Backend top,
    RequestLocks locks,
    BufferPool pool,
    HandshakeSettings handshake,
    TransmissionContext transmission,
    HandshakeLimit silent,
    RejectionLog rejections) {

  static ServerCore of(ServerOptions options, Chain chain, BufferPool pool, Executor threads) {
    RequestLocks locks = new RequestLocks(chain.threadModel());
    int processors = Runtime.getRuntime().availableProcessors();
    return new ServerCore(
        options,
        chain.top(),
        locks,
        pool,
        new HandshakeSettings(
            chain.top(),
            locks,
            options.readOnly(),
            options.exportName(),
            options.structuredReplies(),
            options.metaContexts(),
            options.handshakeMask(),
            options.oldstyle(),
            options.extendedHeaders(),
            options.tls()),
        new TransmissionContext(
            locks,
            pool,
            threads,
            new CallMonitor(pool),
            new SpinLimit(processors - 1, 50_000),
            new WarnOnce(TransmissionContext.UNFLAGGED_WRITES),
            options.threads()),
        new HandshakeLimit(),
        new RejectionLog());
  }
}
