package org.nbdcore.server.handshake;

import java.util.Optional;
import org.nbdcore.server.export.RequestLocks;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.spi.Backend;

/**
 * The settings that all handshakes of a server share; see {@code ServerOptions} for the options.
 *
 * @param top the layer of the chain nearest the client
 * @param locks taken for each call into the chain
 */
public record HandshakeSettings(
    Backend top,
    RequestLocks locks,
    boolean readOnly,
    String exportName,
    boolean structuredReplies,
    boolean metaContexts,
    int handshakeMask,
    boolean oldstyle,
    boolean extendedHeaders,
    Optional<Tls> tls) {}
