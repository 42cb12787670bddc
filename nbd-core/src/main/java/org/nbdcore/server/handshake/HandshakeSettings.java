package org.nbdcore.server.handshake;

import java.util.Optional;
import org.nbdcore.server.export.ExportTable;
import org.nbdcore.server.tls.Tls;

/**
 * The settings that all handshakes of a server share; see {@code ServerOptions} for the options.
 *
 * @param exports the exports that clients can select
 */
public record HandshakeSettings(
    ExportTable exports,
    String exportName,
    boolean structuredReplies,
    boolean metaContexts,
    int handshakeMask,
    boolean oldstyle,
    boolean extendedHeaders,
    Optional<Tls> tls) {}
