/** Plugins that join files into one disk: {@code split} and {@code partitioning}. */
package org.nbdcore.plugin.compose;
