package org.nbdcore.plugin.cdi;

import org.nbdcore.spi.Secret;

/**
 * What a user logs in with.
 *
 * @param secret password of the user, or an identity token
 * @param token whether the secret is an identity token, which the token server exchanges
 */
record RegistryCredentials(String user, Secret secret, boolean token) {}
