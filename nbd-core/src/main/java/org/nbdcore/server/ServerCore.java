package org.nbdcore.server;

import java.util.concurrent.Executor;
import org.nbdcore.spi.Backend;

/**
 * What all connections of a server share.
 *
 * @param top the layer of the chain nearest the client
 * @param spins limits how many threads watch for input without giving up their processor
 */
record ServerCore(
    ServerOptions options,
    Backend top,
    RequestLocks locks,
    BufferPool pool,
    Executor threads,
    CallMonitor monitor,
    Spins spins) {}
