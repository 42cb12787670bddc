/**
 * Files of certificates and keys, thumbprints, and whom a client trusts; for the server and for
 * clients.
 */
package org.nbdcore.tls;
