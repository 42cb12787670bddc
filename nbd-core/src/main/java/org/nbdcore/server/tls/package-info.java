/**
 * TLS for the server: where keys come from, and the two engines (the JDK's for certificates, Bouncy
 * Castle's for pre-shared keys) behind one interface. Nothing here is loaded unless TLS is asked
 * for.
 */
@NullMarked
package org.nbdcore.server.tls;

import org.jspecify.annotations.NullMarked;
