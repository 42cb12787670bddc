/** Files of certificates and keys, for the server and its clients. */
package org.nbdcore.tls;
