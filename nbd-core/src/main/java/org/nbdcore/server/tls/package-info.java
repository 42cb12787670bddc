/**
 * TLS for the server: settings, certificates, and the interface of a TLS session. The JDK
 * implements it for certificates, Bouncy Castle for pre-shared keys. These classes are loaded only
 * if TLS is used.
 */
@NullMarked
package org.nbdcore.server.tls;

import org.jspecify.annotations.NullMarked;
