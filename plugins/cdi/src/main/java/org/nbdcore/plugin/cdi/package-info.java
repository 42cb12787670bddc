/** The plugin {@code cdi}: a layer of a container image. */
package org.nbdcore.plugin.cdi;
