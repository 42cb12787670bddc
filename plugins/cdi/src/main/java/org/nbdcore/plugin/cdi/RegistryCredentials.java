package org.nbdcore.plugin.cdi;

import org.nbdcore.spi.Secret;

/**
 * The credentials of a user.
 *
 * @param secret password of the user, or an identity token
 * @param token true if the secret is an identity token, which the token server exchanges
 */
record RegistryCredentials(String user, Secret secret, boolean token) {}
