/** Files of certificates and keys, and whom a client trusts; for the server and for clients. */
package org.nbdcore.tls;
