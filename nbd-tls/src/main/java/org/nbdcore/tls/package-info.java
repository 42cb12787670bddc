/**
 * Reads files with certificates and keys, computes thumbprints, and defines which servers a client
 * trusts. For the server and for clients.
 */
@NullMarked
package org.nbdcore.tls;

import org.jspecify.annotations.NullMarked;
