/**
 * Reads files with certificates and keys, and defines which servers a client trusts. For the server
 * and for clients.
 */
package org.nbdcore.tls;
