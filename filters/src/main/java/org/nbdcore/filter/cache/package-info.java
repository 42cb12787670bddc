/** The {@code cache} filter: keeps blocks of a slow disk in a temporary file. */
package org.nbdcore.filter.cache;
