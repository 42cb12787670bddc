/** The {@code pause} filter: holds requests back while a program outside wants it. */
package org.nbdcore.filter.pause;
